/** The same texts through several models, one after another, so that one network is in memory at a time. */
import type { Prediction } from '../../learning/package/index.js';
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';
import { InputError } from './errors.js';
import { findVersion, type ModelReference } from './models.js';
import { predictWith } from './predict.js';

/** What one model says of texts, in their order. */
export interface SaidBy {
  readonly name: string;
  readonly version: string;
  readonly classes: readonly string[];
  readonly predictions: readonly (Prediction & { readonly known: boolean })[];
}

/**
 * @throws InputError when a model is not there, when two references mean one version, or when two models have no class in common:
 * those answer different questions
 */
export async function predictWithEach(
  client: TrackingClient,
  home: string,
  references: readonly ModelReference[],
  texts: readonly string[],
): Promise<SaidBy[]> {
  const versions: ModelVersion[] = [];
  for (const { name, which } of references) {
    const found = await findVersion(client, name, which);
    if (versions.some((one) => one.name === found.name && one.version === found.version)) {
      throw new InputError(
        `${name} version ${found.version} is given twice (${name}, ${which}); give it once`,
      );
    }
    versions.push(found);
  }
  const said: SaidBy[] = [];
  for (const version of versions) {
    const { name, version: number } = version;
    const answer = await predictWith(client, home, version, texts, (classes) => {
      const stranger = said.find((one) => !one.classes.some((label) => classes.includes(label)));
      if (stranger === undefined) return;
      throw new InputError(
        `${stranger.name} version ${stranger.version} (${listed(stranger.classes)}) and ${name} version ${number} (${listed(classes)}) have no class in common; give models of one task`,
      );
    });
    said.push({ name, version: number, ...answer });
  }
  return said;
}

/** Whether all have the same classes, in whatever order. */
export const sameClasses = ([first, ...others]: readonly Pick<SaidBy, 'classes'>[]): boolean =>
  others.every(
    ({ classes }) =>
      classes.length === first!.classes.length && classes.every((label) => first!.classes.includes(label)),
  );

/** Classes that a message names. */
const NAMED = 10;

/** Classes in words, some of them where there are many. */
export const listed = (classes: readonly string[]): string =>
  `${classes.slice(0, NAMED).join(', ')}${classes.length > NAMED ? ` and ${classes.length - NAMED} more` : ''}`;
