/** The name of a configuration. */
import { createHash } from 'node:crypto';
import type { ParameterValue } from '../../../queue/index.js';

/** Twelve hexadecimal digits that name a configuration, whatever the order of its parameters. */
export function configurationHash(
  model: string,
  parameters: Readonly<Record<string, ParameterValue>>,
): string {
  const sorted = Object.keys(parameters)
    .sort()
    .map((parameter) => [parameter, parameters[parameter]]);
  return createHash('sha256')
    .update(JSON.stringify([model, sorted]))
    .digest('hex')
    .slice(0, 12);
}
