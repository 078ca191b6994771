/** Predicts from raw text with a packaged model, on this project's engine. */
import { z } from 'zod';
import { type Engine, loadEngine } from '../engine/index.js';
import { FEATURES, type Features } from '../features/index.js';
import { mostProbable } from '../metrics/index.js';
import { MODEL_KINDS, type ModelKind, modelParameters, type Parameters } from '../models/index.js';
import { normalizationOf } from '../text/index.js';
import { labelsFile, TEXT_FILE, textFile } from './contents.js';
import { type PackageFolder, packageFolder } from './files.js';
import { loadScorer } from './scorer.js';

export interface Prediction {
  /** The most probable class. */
  readonly label: string;
  /** Probability of each class, by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface Predictor {
  readonly classes: readonly string[];
  /** One prediction per text, in order. Blocks the thread while it computes. */
  predict(texts: readonly string[]): Prediction[];
  /** Whether the model knows anything of each text; of one that it knows nothing of, it tells the classes' shares at best. */
  knows(texts: readonly string[]): boolean[];
  /** Frees the weights; no other call may follow. */
  dispose(): void;
}

const ROWS_AT_ONCE = 1024;

/** What loading needs of `MLmodel`; others' may lack it. */
const mlmodelFile = z.looseObject({
  metadata: z
    .looseObject({
      'gridsearch.model': z.unknown().optional(),
      'gridsearch.parameters': z.unknown().optional(),
    })
    .optional(),
});

/**
 * Loads a model package. Its files are data from elsewhere: they are checked against schemas and size limits, and
 * nothing in them is run. A model of a known kind predicts with that kind's own network, any other with the
 * layers it is saved as.
 *
 * @param engine @defaultValue the engine of this process
 * @throws Error that names the file and what is wrong with it
 */
export async function loadPredictor(dir: string, engine?: Engine): Promise<Predictor> {
  const folder = packageFolder(dir);
  const classes = await folder.json('labels.json', labelsFile, 4 * 2 ** 20);
  const { metadata } = await folder.yaml('MLmodel', mlmodelFile, 2 ** 20);
  const name = metadata?.['gridsearch.model'];
  const named = typeof name === 'string' && Object.hasOwn(MODEL_KINDS, name) ? MODEL_KINDS[name] : undefined;
  const { kind, parameters } = readAs(named, metadata?.['gridsearch.parameters']);
  const features = kind?.features ?? (await featuresIn(dir, folder));
  const chosen = engine ?? (await loadEngine());
  const loaded = await features.load(folder, chosen);
  const normalize = (await folder.has([TEXT_FILE]))
    ? normalizationOf((await folder.json(TEXT_FILE, textFile, 2 ** 20)).normalize)
    : (text: string) => text;
  const scorer = await loadScorer(dir, folder, chosen, classes.length, {
    kind,
    parameters,
    features,
    loaded,
  });

  const predictSome = (texts: readonly string[]): Prediction[] => {
    const probabilities = scorer.probabilities(loaded.encode(texts));
    return texts.map((_, row) => ({
      label: classes[mostProbable(probabilities, row, classes.length)]!,
      probabilities: Object.fromEntries(
        classes.map((name, index) => [name, probabilities[row * classes.length + index]!]),
      ),
    }));
  };

  return {
    classes,
    predict(texts) {
      const predictions: Prediction[] = [];
      for (let from = 0; from < texts.length; from += ROWS_AT_ONCE) {
        predictions.push(...predictSome(texts.slice(from, from + ROWS_AT_ONCE).map(normalize)));
      }
      return predictions;
    },
    knows: (texts) => loaded.knows?.(texts.map(normalize)) ?? texts.map(() => true),
    dispose() {
      scorer.dispose();
      loaded.dispose?.();
    },
  };
}

/** The kind whose network and features a package is read with. */
function readAs(
  kind: ModelKind | undefined,
  parameters: unknown,
): { kind: ModelKind | undefined; parameters: unknown } {
  if (kind?.packaged === undefined) return { kind, parameters };
  const checked = modelParameters(kind).safeParse(parameters);
  return checked.success ? kind.packaged(checked.data as Parameters) : { kind: undefined, parameters };
}

/** Of a kind that this version doesn't know: the features whose files it has. */
async function featuresIn(dir: string, folder: PackageFolder): Promise<Features> {
  const all: Features[] = Object.values(FEATURES);
  for (const features of all) if (await folder.has(features.packageFiles)) return features;
  const wanted = all.map(({ packageFiles }) => packageFiles.join(' and ')).join(', or ');
  throw new Error(`${dir}: neither a model kind known here nor ${wanted}; is this a model package?`);
}
