/** Word vectors of a search, seen to before anything is queued: fetched or read, and the size of a word's vector settled by them. */
import { dirname, resolve } from 'node:path';
import { keepVectorsFile, NAMED_VECTORS, vectorsName, wordVectors } from '../../learning/vectors/index.js';
import {
  formatPath,
  issueAt,
  liesIn,
  type ModelSpace,
  placeOf,
  type SearchSpace,
  SearchSpaceError,
} from '../space/index.js';
import { cacheDir, homeDir } from './home.js';

export interface VectorsOptions {
  /** Folder that files must lie in, for a text from somebody who may not read all files here. */
  readonly within?: string;
  /** Gets a line when something is fetched. */
  readonly say?: (line: string) => void;
}

/** What stands in the file and can't be so. */
class Contradiction extends Error {
  constructor(
    readonly field: 'embeddings' | 'embedding_dim',
    what: string,
    readonly value: unknown,
    readonly remedy: string,
  ) {
    super(what);
  }
}

/**
 * The search space with its word vectors as workers know them: a file by its digest, and `embedding_dim` theirs.
 *
 * @throws SearchSpaceError when they can't be had, or don't go with `embedding_dim`
 */
export async function settleVectors(space: SearchSpace, options: VectorsOptions = {}): Promise<SearchSpace> {
  const models: ModelSpace[] = [];
  for (const model of space.models) models.push(await settleModel(space, model, options));
  return { ...space, models };
}

async function settleModel(
  space: SearchSpace,
  model: ModelSpace,
  options: VectorsOptions,
): Promise<ModelSpace> {
  const axis = (name: string) => model.axes.find(({ parameter }) => parameter === name);
  const given = (axis('embeddings')?.values ?? []).map(String);
  if (given.every((value) => vectorsName(value)?.kind === 'learned')) return model;
  /** Where a field is written: in the kind's block, else in what is shared. */
  const place = (field: string) =>
    [
      [...placeOf(model), field],
      ['models', model.model, field],
      ['training', field],
    ].find((path) => formatPath(path) in space.source.positions);
  const written = place('embedding_dim') && axis('embedding_dim')!.values;
  try {
    checkDims(
      given.map((value) => [value, namedDim(value)]),
      written,
    );
    const found = [];
    for (const value of given) found.push(await settle(value, space, options));
    const dim = checkDims(
      found.map(({ dim }, place) => [given[place]!, dim]),
      written,
    );
    const settled: Readonly<Record<string, ModelSpace['axes'][number]['values']>> = {
      embeddings: found.map(({ value }) => value),
      embedding_dim: [dim!],
    };
    return {
      ...model,
      axes: model.axes.map((axis) => ({ ...axis, values: settled[axis.parameter] ?? axis.values })),
    };
  } catch (error) {
    const blamed = error instanceof Contradiction ? error : undefined;
    const finding = {
      path: place(blamed?.field ?? 'embeddings') ?? placeOf(model),
      what: error instanceof Error ? error.message : String(error),
      ...(blamed && { value: blamed.value }),
      remedy: blamed?.remedy ?? 'mend that, or write embeddings: learned',
    };
    throw new SearchSpaceError([issueAt(space, finding)]);
  }
}

function namedDim(value: string): number | undefined {
  const name = vectorsName(value);
  return name?.kind === 'named' ? NAMED_VECTORS[name.name]!.dim : undefined;
}

async function settle(
  value: string,
  { source }: SearchSpace,
  { within, say }: VectorsOptions,
): Promise<{ value: string; dim: number | undefined }> {
  const context = { cacheFolder: cacheDir(homeDir()), ...(say && { say }) };
  const name = vectorsName(value);
  if (name?.kind !== 'file') return { value, dim: (await wordVectors(value, context))?.dim };
  const path = resolve(dirname(source.file), name.path);
  if (within !== undefined && !(await liesIn(within, path))) {
    throw new Contradiction(
      'embeddings',
      'lies outside the folder that gridsearch runs in',
      name.path,
      'name a file in it, or submit the search space by command',
    );
  }
  return keepVectorsFile(path, name.path, context);
}

/** The numbers of a word's vector, by those that say; undefined when none does. */
function checkDims(
  vectors: readonly (readonly [value: string, dim: number | undefined])[],
  written: readonly unknown[] | undefined,
): number | undefined {
  const [first, ...others] = vectors.filter(([, dim]) => dim !== undefined);
  if (first === undefined) return undefined;
  const [value, dim] = first;
  const other = others.find(([, one]) => one !== dim);
  if (other !== undefined) {
    throw new Contradiction(
      'embeddings',
      `lists vectors of different sizes: ${value} has ${dim} numbers, ${other[0]} ${other[1]}`,
      undefined,
      'give each a search of its own',
    );
  }
  const wrong = written?.find((one) => one !== dim);
  if (wrong !== undefined) {
    throw new Contradiction(
      'embedding_dim',
      `is not that of the word vectors: ${value} has ${dim} numbers`,
      wrong,
      `write ${dim}, or remove the line`,
    );
  }
  return dim;
}
