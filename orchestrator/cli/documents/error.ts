/** What any command prints in place of its document when it fails. */
import { z } from 'zod';

export const errorDocument = z.strictObject({
  error: z.strictObject({
    code: z.enum(['failed', 'bad_input', 'stopped']).describe('Beside the exit code 1, 2 or 130.'),
    message: z.string().describe('What standard error says too.'),
  }),
});
