import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseSearchSpace } from '../../orchestrator/space/index.js';
import {
  REFERENCE_EXAMPLE,
  type ReferenceField,
  referenceFields,
  searchSpaceReference,
} from '../../orchestrator/space/reference.js';
import { searchSpaceFile } from '../../orchestrator/space/schema.js';
import { spaceSize } from '../../orchestrator/space/size.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('keeps the reference page in step with the schema', () => {
  expect(
    readFileSync(`${root}docs/search-space.md`, 'utf8') === searchSpaceReference(),
    'out of date: node dist/orchestrator/space/reference.js > docs/search-space.md',
  ).toBe(true);
});

it('gives each field an example that the schema accepts', () => {
  const fields = referenceFields();
  expect(fields.map(({ path }) => path.join('.'))).toEqual(
    expect.arrayContaining([
      'name',
      'dataset.columns.text',
      'models.lstm.units',
      'training.early_stopping.patience',
    ]),
  );
  for (const field of fields) {
    expect
      .soft(searchSpaceFile.safeParse(fileWith(field)).error?.message, field.path.join('.'))
      .toBeUndefined();
  }
});

/** The smallest file, with the field's example in its place. */
function fileWith({ path, example }: ReferenceField): unknown {
  const file: Record<string, unknown> = { name: 'test', dataset: {}, models: {} };
  let inside = file;
  for (const step of path.slice(0, -1)) {
    const next = { ...Object(inside[step]) };
    inside[step] = next;
    inside = next;
  }
  inside[path.at(-1)!] = example;
  return file;
}

it('opens with an example of as many configurations as it says', () => {
  const space = parseSearchSpace(REFERENCE_EXAMPLE, 'reviews.yaml');
  expect(searchSpaceReference()).toContain(`: ${spaceSize(space.models)} trials of 3 folds each`);
});

it('prints the page as a program', () => {
  const printed = execFileSync(process.execPath, [`${root}dist/orchestrator/space/reference.js`], {
    encoding: 'utf8',
  });
  expect(printed).toBe(searchSpaceReference());
});
