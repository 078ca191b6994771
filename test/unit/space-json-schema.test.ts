import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { searchSpaceJsonSchema } from '../../orchestrator/space/index.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('keeps the JSON Schema for editors in step with the schema', () => {
  const checkedIn = readFileSync(`${root}search-spaces/search-space.schema.json`, 'utf8');
  expect(
    checkedIn === searchSpaceJsonSchema(),
    'out of date: node dist/orchestrator/space/json-schema.js > search-spaces/search-space.schema.json',
  ).toBe(true);
});

it('describes every parameter of every model kind to the editor', () => {
  const schema = JSON.parse(searchSpaceJsonSchema());
  expect(Object.keys(schema.properties.models.properties)).toEqual(
    expect.arrayContaining(['lstm', 'simple']),
  );
  const described = new Set<string>();
  for (const block of [...Object.values(schema.properties.models.properties), schema.properties.training])
    for (const [name, axis] of Object.entries(Object(block).properties)) {
      const inside = name === 'early_stopping' ? Object(axis).properties.patience : Object(axis);
      expect(inside.description, name).toMatch(/\. Fixed value, list of choices/);
      expect(inside, name).toHaveProperty('default');
      described.add(name);
    }
  for (const name of ['units', 'hidden_units', 'dropout', 'epochs', 'learning_rate', 'early_stopping']) {
    expect(described).toContain(name);
  }
});

it('prints the schema as a program, without loading the training engine', () => {
  const hook = `export function resolve(specifier, context, next) {
    if (specifier.startsWith('@tensorflow/')) throw new Error('loads ' + specifier);
    return next(specifier, context);
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))});`;
  const program = `${root}dist/orchestrator/space/json-schema.js`;
  const printed = execFileSync(process.execPath, ['--import', dataUrl(register), program], {
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual(JSON.parse(searchSpaceJsonSchema()));
});

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
