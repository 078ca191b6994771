/** The document of `gc`. */
import { z } from 'zod';

export const gcDocument = z.strictObject({
  dryRun: z.boolean(),
  runs: z.array(z.string()).describe('Ids of what is gone, or would go; so are those below.'),
  loggedModels: z.array(z.string()),
  experiments: z.array(z.string()),
  artifactBytes: z.int(),
  kept: z.array(z.strictObject({ id: z.string(), why: z.enum(['version', 'running', 'elsewhere']) })),
  cache: z.strictObject({
    models: z.array(z.string()),
    datasets: z.array(z.string()),
    encoders: z.array(z.string()).describe('Folders that a process was killed over while it unpacked them.'),
    bytes: z.int(),
  }),
});
