/** What a search will take, reckoned from what is known before it: pure, so that the reckoning can be tested with made-up probes. */
import type { Configuration, SearchPayload } from '../../../queue/index.js';
import { foldSeconds, workOf } from '../estimate.js';
import type { Earlier } from './earlier.js';

/** What a plan reads of a search. */
export interface Planned extends Pick<SearchPayload, 'models' | 'where' | 'strategy' | 'inputs'> {
  readonly context: Pick<SearchPayload['context'], 'folds' | 'seed' | 'objective'>;
}

/** A configuration that was tried, and what one fold of it takes. */
export interface Probe {
  readonly configuration: Configuration;
  /** Seconds of one fold; when it measured nothing until it was stopped, as long as it ran; undefined when it failed. */
  readonly seconds: number | undefined;
  /** Rows that this was reckoned from; 0 when it measured nothing. */
  readonly rows: number;
  /** Seconds that are spent once a search, such as on the vectors of all sentences. */
  readonly once: number;
  /** Its time was up: it is reckoned from few rows, or all that is known is that a fold takes longer than that. */
  readonly stopped: boolean;
  /** Why it failed. */
  readonly failure?: string;
  /** Bytes that the process had taken by then; undefined when it measured nothing. */
  readonly memory: number | undefined;
}

export interface KindPlan {
  readonly model: string;
  readonly configurations: number;
  /** Smallest and largest; one where all cost the same, none where earlier searches tell. */
  readonly probes: readonly Probe[];
  /** Earlier folds that it was reckoned from; undefined where they tell nothing. */
  readonly earlier: Earlier | undefined;
  /** Of training all its folds on one core; undefined when neither tells. */
  readonly seconds: number | undefined;
}

export interface TimePlan {
  readonly kinds: readonly KindPlan[];
  /** Until the winner is refit; undefined of a kind that nothing tells of. */
  readonly seconds: number | undefined;
  /** What may make it shorter than that, or will; undefined when it is about that. */
  readonly atMost: 'max_duration' | 'pruning' | undefined;
  /** Whether a probe measured nothing until it was stopped, so that it may be far more. */
  readonly atLeast: boolean;
  /** Of one training process, bytes. */
  readonly memory: number | undefined;
}

interface Surroundings {
  /** Training processes. */
  readonly workers: number;
  /** Seconds until they can train. */
  readonly loadSeconds: number;
  /** Rows that a fold trains on. */
  readonly trainRows: number;
  readonly developmentRows: number;
  /** Whether folds are pruned. @defaultValue they are not */
  readonly pruned?: boolean;
  /** Seconds after which the search is cut. @defaultValue it never is */
  readonly maxDuration?: number | undefined;
  /** Folds that are taken over from earlier searches. @defaultValue none, as where nobody can tell */
  readonly held?: number | null;
}

/** What is known of kinds. */
export interface Known {
  readonly probes: readonly Probe[];
  readonly earlier: readonly Earlier[];
}

/** What a fold costs beside its training, in the queue and in tracking, in s. */
const ROUND_TRIPS = 0.02;

/**
 * Reckons the time of a search. Between the configurations of a kind that were tried, or trained before, it goes by the guess that
 * progress goes by (estimate.ts), corrected by what those took.
 */
export function timePlan(search: Planned, { probes, earlier }: Known, around: Surroundings): TimePlan {
  const { workers, loadSeconds, trainRows, developmentRows, pruned = false, maxDuration } = around;
  const held = around.held ?? 0;
  const guess = (configuration: Configuration): number => foldSeconds(configuration, trainRows);
  const probesOf = (model: string): Probe[] =>
    probes.filter(({ configuration }) => configuration.model === model);
  const earlierOf = (model: string): Earlier | undefined => earlier.find((one) => one.model === model);
  const pace = new Map(
    search.models.map(({ model }) => [model, earlierOf(model)?.pace ?? paceOf(probesOf(model), guess)]),
  );
  const counts = workOf(search, () => 1 / search.context.folds);
  const work = workOf(
    search,
    (configuration) =>
      guess(configuration) * (pace.get(configuration.model)?.(guess(configuration)) ?? 0) + ROUND_TRIPS,
  );
  const kinds = search.models.map(({ model }) => ({
    model,
    configurations: Math.round(counts.get(model) ?? 0),
    probes: probesOf(model),
    earlier: earlierOf(model),
    seconds: pace.get(model) === undefined ? undefined : (work.get(model) ?? 0),
  }));
  const known = kinds.every(({ seconds }) => seconds !== undefined);
  const sum = kinds.reduce((all, { seconds = 0 }) => all + seconds, 0);
  const folds = kinds.reduce((all, { configurations }) => all + configurations, 0) * search.context.folds;
  // The winner is one of them, and is trained on all development rows.
  const refit = (sum / folds) * (developmentRows / trainRows);
  const longest = Math.max(
    ...probes.map(({ seconds = 0 }) => seconds),
    ...earlier.flatMap(({ ends }) => ends),
  );
  const once = kinds.reduce((all, kind) => all + Math.max(0, ...kind.probes.map((probe) => probe.once)), 0);
  // Which ones are held is not known here, so that they are taken for as long as the others; copies are made one after the other.
  const trained = Math.max(0, 1 - held / folds);
  const training = trained === 0 ? 0 : once + Math.max((sum * trained) / workers, longest);
  const all = training + held * ROUND_TRIPS;
  const atLeast = probes.some(({ stopped, rows }) => stopped && rows === 0);
  const isCut = maxDuration !== undefined && all > maxDuration;
  const memory = [...probes, ...earlier].flatMap((one) => one.memory ?? []);
  return {
    kinds,
    seconds: known ? loadSeconds + (isCut ? maxDuration : all) + refit : undefined,
    atMost: isCut ? 'max_duration' : pruned && !atLeast ? 'pruning' : undefined,
    atLeast,
    memory: memory.length === 0 ? undefined : Math.max(...memory),
  };
}

/** Seconds for each second that was guessed, by the guess. */
function paceOf(
  probes: readonly Probe[],
  guess: (configuration: Configuration) => number,
): ((guessed: number) => number) | undefined {
  const known = probes.flatMap(({ configuration, seconds }) => {
    const guessed = guess(configuration);
    return seconds === undefined ? [] : [{ at: Math.log(guessed), pace: seconds / guessed }];
  });
  const [low, high = low] = known;
  if (low === undefined || high === undefined) return undefined;
  if (high.at === low.at) return () => low.pace;
  return (guessed) => {
    const along = Math.min(1, Math.max(0, (Math.log(guessed) - low.at) / (high.at - low.at)));
    return low.pace + along * (high.pace - low.pace);
  };
}
