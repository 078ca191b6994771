/** The JSON Schema that gives search space files completion and hover texts in an editor. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { searchSpaceFile } from './schema.js';

/** Text of `search-spaces/search-space.schema.json`. */
export function searchSpaceJsonSchema(): string {
  // Draft 7 is what yaml-language-server knows best.
  const schema = z.toJSONSchema(searchSpaceFile, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod bounds every integer by what a double can count to; in a hover text that is noise.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(searchSpaceJsonSchema());
