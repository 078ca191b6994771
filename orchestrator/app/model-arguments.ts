/** Which of a command's arguments are models, and where its texts begin. */
import type { TrackingClient } from '../../tracking/client/index.js';
import { modelReference } from './models.js';

export interface ModelReference {
  readonly name: string;
  readonly which: string;
}

export interface ModelsAndTexts {
  readonly models: readonly ModelReference[];
  readonly texts: readonly string[];
  /** An argument that looks like a model and is none, so it is taken for a text. */
  readonly doubtful?: string;
}

/** `NAME@alias` or `NAME/version`, without blanks: what hardly any text is. */
const LOOKS_LIKE_ONE = /^[^\s@/:]+(?:@[\w.-]+|\/\d+)$/;

/**
 * The first argument is a model. Those after it are models, too, as long as each is of the form `NAME@alias` or `NAME/version`
 * and there is a model of that name.
 *
 * @throws InputError when the first is no reference to a model
 */
export async function modelsAndTexts(
  client: TrackingClient,
  first: string,
  others: readonly string[],
): Promise<ModelsAndTexts> {
  const models = [modelReference(first)];
  let registered: ReadonlySet<string> | undefined;
  for (const [at, one] of others.entries()) {
    const texts = others.slice(at);
    if (!LOOKS_LIKE_ONE.test(one)) return { models, texts };
    registered ??= new Set((await client.searchRegisteredModels()).map(({ name }) => name));
    const reference = modelReference(one);
    if (!registered.has(reference.name)) return { models, texts, doubtful: one };
    models.push(reference);
  }
  return { models, texts: [] };
}
