/** The published JSON Schemas of the documents that commands print. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { documentFiles } from '../../orchestrator/cli/documents/index.js';

const FOLDER = fileURLToPath(new URL('../../docs/json/', import.meta.url));

test('docs/json holds the schema of every document, and no other', () => {
  const checkedIn = Object.fromEntries(
    readdirSync(FOLDER).map((name) => [name, readFileSync(`${FOLDER}${name}`, 'utf8')]),
  );
  const remedy = 'out of date: node dist/orchestrator/cli/documents/publish.js docs/json';
  expect(checkedIn, remedy).toEqual(documentFiles());
});

test('a name means one shape in every document', () => {
  const shapes = new Map<string, Set<string>>();
  for (const text of Object.values(documentFiles())) {
    const { properties = {}, items } = JSON.parse(text);
    for (const [name, shape] of Object.entries({ ...properties, ...items?.properties })) {
      if (!['best', 'refit', 'registered', 'failure', 'startTime', 'endTime'].includes(name)) continue;
      shapes.set(name, (shapes.get(name) ?? new Set()).add(JSON.stringify(shape)));
    }
  }
  expect([...shapes].map(([name, { size }]) => [name, size])).toEqual(
    ['failure', 'best', 'refit', 'registered', 'startTime', 'endTime'].map((name) => [name, 1]),
  );
});
