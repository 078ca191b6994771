/** What folds of earlier searches tell of the time of others like them: pure, so that it can be tested with made-up ones. */
import { modelKind } from '../../../learning/models/index.js';
import type { ModelAxes, ParameterValue } from '../../../queue/index.js';
import { foldSeconds } from '../estimate.js';
import { extremes } from './extremes.js';

/** A fold that was trained. */
export interface EarlierFold {
  readonly searchId: string;
  readonly model: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** From the start of its run to its end: what comes before and after training is in it. */
  readonly seconds: number;
  /** That it trained on. */
  readonly rows: number;
  /** Whether these were the same data. */
  readonly sameData: boolean;
  /** Bytes that its process had taken by then; undefined of a search by an older version. */
  readonly memory: number | undefined;
}

/** What earlier folds of a model kind tell. */
export interface Earlier {
  readonly model: string;
  readonly searches: readonly string[];
  readonly folds: number;
  /** Seconds for each that is guessed, by the guess. */
  readonly pace: (guessed: number) => number;
  /** Seconds of a fold of the smallest configuration and of the largest. */
  readonly ends: readonly number[];
  readonly memory: number | undefined;
}

/** Fewer are an accident. */
const LEAST_FOLDS = 2;
/** Folds of other data tell something where they have rows of the same order, and none costs more or less than so many times what was seen. */
const LIKE = 3;
/** How far apart, as a ratio's logarithm, two guesses are whose paces are about the same. */
const BANDWIDTH = 0.35;

/**
 * What is told of a kind whose configurations are like those that were trained: choices of names among those seen, costs within
 * their range or not far from it. Undefined of others: nobody should plan by a guess that looks like knowledge.
 *
 * @param rows - That a fold will train on.
 */
export function earlierOf(axes: ModelAxes, folds: readonly EarlierFold[], rows: number): Earlier | undefined {
  const { model } = axes;
  const own = likeOnes(
    folds.filter((fold) => fold.model === model),
    rows,
    modelKind(model).features.per === 'dataset',
  );
  if (own.length < LEAST_FOLDS || !isEveryNameSeen(axes, own)) return undefined;
  const points = own.map((fold) => {
    const guessed = foldSeconds({ ...fold, index: 0, hash: '' }, fold.rows);
    return { at: Math.log(guessed), pace: fold.seconds / guessed };
  });
  const ends = extremes(axes, (one) => foldSeconds(one, rows)).map((one) => foldSeconds(one, rows));
  const seen = points.map(({ at }) => at);
  if (Math.log(ends[0]!) < Math.min(...seen) - Math.log(LIKE)) return undefined;
  if (Math.log(ends.at(-1)!) > Math.max(...seen) + Math.log(LIKE)) return undefined;
  const pace = smooth(points);
  const memory = own.flatMap((fold) => fold.memory ?? []);
  return {
    model,
    searches: [...new Set(own.map(({ searchId }) => searchId))],
    folds: own.length,
    pace,
    ends: ends.map((guessed) => guessed * pace(guessed)),
    memory: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

/** Folds of the same data, or else of as many rows. What is computed once a dataset is there for the same data only. */
function likeOnes(folds: readonly EarlierFold[], rows: number, onceADataset: boolean): EarlierFold[] {
  const same = folds.filter(({ sameData }) => sameData);
  if (same.length >= LEAST_FOLDS || onceADataset) return same;
  return folds.filter((fold) => fold.rows <= rows * LIKE && fold.rows >= rows / LIKE);
}

/** Numbers are in the guess; what a tokenizer or an encoder costs beside another is not. */
const isEveryNameSeen = ({ axes }: ModelAxes, folds: readonly EarlierFold[]): boolean =>
  axes.every(({ parameter, values }) =>
    values.every(
      (value) => typeof value === 'number' || folds.some(({ parameters }) => parameters[parameter] === value),
    ),
  );

/** Of a guess, the mean pace of what cost about as much (a Gaussian kernel over the guess's logarithm), or of what came closest. */
function smooth(points: readonly { at: number; pace: number }[]): (guessed: number) => number {
  return (guessed) => {
    const at = Math.log(guessed);
    const distances = points.map((point) => ((point.at - at) / BANDWIDTH) ** 2);
    const closest = Math.min(...distances);
    let [sum, weights] = [0, 0];
    for (const [i, { pace }] of points.entries()) {
      const weight = Math.exp(-0.5 * (distances[i]! - closest));
      sum += weight * pace;
      weights += weight;
    }
    return sum / weights;
  };
}
