/** The schemas as files: `node dist/orchestrator/cli/documents/publish.js docs/json` writes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { DOCUMENTS } from './table.js';

/** Texts of the files of `docs/json/`, by name. */
export function documentFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(DOCUMENTS).map(([name, { command, schema }]) => {
      const text = z.toJSONSchema(schema, {
        override: ({ jsonSchema }) => {
          // zod bounds every integer by what a double can count to.
          if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
          if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        },
      });
      const title = `gridsearch ${command.replaceAll('`', '')}`;
      return [`${name}.schema.json`, `${JSON.stringify({ title, ...text }, null, 2)}\n`];
    }),
  );
}

const [, program, folder] = process.argv;
if (program !== undefined && folder !== undefined && import.meta.url === pathToFileURL(program).href) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(documentFiles())) writeFileSync(join(folder, name), text);
}
