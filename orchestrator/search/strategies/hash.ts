/** The name of a configuration. */
import { createHash } from 'node:crypto';
import type { ParameterValue } from '../../../queue/index.js';

/**
 * Parameters that came later, each with the value that says what was so before: with it, a configuration keeps its name,
 * and with the name its seeds and its numbers.
 */
const LATER: Readonly<Record<string, ParameterValue>> = {
  tokenizer: 'words',
  embeddings: 'learned',
  trainable: true,
};

/** Twelve hexadecimal digits that name a configuration, whatever the order of its parameters. */
export function configurationHash(
  model: string,
  parameters: Readonly<Record<string, ParameterValue>>,
): string {
  const sorted = Object.keys(parameters)
    .filter((parameter) => !Object.hasOwn(LATER, parameter) || parameters[parameter] !== LATER[parameter])
    .sort()
    .map((parameter) => [parameter, parameters[parameter]]);
  return createHash('sha256')
    .update(JSON.stringify([model, sorted]))
    .digest('hex')
    .slice(0, 12);
}
