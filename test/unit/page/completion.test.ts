/** What the editor of the page offers, from the real schema. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { searchSpaceJsonSchema } from '../../../orchestrator/space/index.js';
import { completionAt, type Schema } from '../../../review/page/client/completion.js';

const schema = JSON.parse(searchSpaceJsonSchema()) as Schema;
/** The labels that are offered where the bar stands. */
const offered = (text: string): string[] => {
  const at = text.indexOf('|');
  return completionAt(text.replace('|', ''), at, schema)?.candidates.map(({ label }) => label) ?? [];
};

test('keys of the block that the line is in, but those that are there', () => {
  expect(offered('|')).toContain('models');
  expect(offered('name: x\nob|')).toEqual(expect.arrayContaining(['objective', 'dataset']));
  expect(offered('name: x\nob|')).not.toContain('name');
  expect(offered('dataset:\n  source: file\n  |')).toEqual(expect.arrayContaining(['file', 'test_size']));
  expect(offered('dataset:\n  |\n  source: file\nseed: 1')).not.toContain('source');
  expect(offered('models:\n  lstm:\n    un|')).toContain('units');
  expect(offered('models:\n  lstm:\n    units:\n      mi|')).toEqual(
    expect.arrayContaining(['min', 'max', 'steps', 'scale']),
  );
});

test('keys and values inside a flow mapping', () => {
  expect(offered('objective: { |')).toContain('metric');
  expect(offered('objective: { metric: |')).toContain('f1_macro');
  expect(offered('dataset: { source: file, columns: { |')).toEqual(['text', 'label', 'group', 'time']);
  expect(offered('dataset: { source: file, columns: { text: a }, |')).toContain('limit');
  expect(offered('dataset: { source: file, columns: { text: a }, |')).not.toContain('source');
});

test('values: choices, truth values, defaults', () => {
  expect(offered('cross_validation:\n  strategy: |')).toContain('k_fold');
  expect(offered('cross_validation:\n  strategy: strat|')).toContain('stratified_k_fold');
  expect(offered('models:\n  lstm:\n    bidirectional: [|')).toEqual(
    expect.arrayContaining(['true', 'false']),
  );
  expect(offered('models:\n  lstm:\n    learning_rate: |')).toContain('0.001');
});

test('nothing in comments, nor where the schema knows nothing', () => {
  expect(offered('# ob|')).toEqual([]);
  expect(offered('nothing:\n  |')).toEqual([]);
});

test('whatever is written, it ends', () => {
  for (const text of [
    '{',
    '{{{{ a: {',
    'a: { b: [1, 2, c: {',
    'a:b: c: { , , :',
    '\t\t',
    'a: {}}}}',
    '- - - a: [',
  ])
    for (let at = 0; at <= text.length; at++) completionAt(text, at, schema);
});

test('whatever comes with gridsearch, it ends at every place', () => {
  const folder = new URL('../../../search-spaces/', import.meta.url);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
    const text = `${readFileSync(new URL(name, folder), 'utf8')}\nobj`;
    for (let at = 0; at <= text.length; at++) completionAt(text, at, schema);
  }
});
