/** Tries model kinds of a search, each at its smallest and its largest configuration. */
import type { Dataset, Fold } from '../../../learning/data/index.js';
import { modelKind } from '../../../learning/models/index.js';
import type { Configuration, ModelAxes } from '../../../queue/index.js';
import { openProber, type ProbeRequest, type Prober } from '../../../worker/index.js';
import { foldSeconds } from '../estimate.js';
import { cacheDir, homePath } from '../home.js';
import type { Prepared } from '../prepare.js';
import { extremes } from './extremes.js';
import type { Probe } from './plan.js';

/** What one configuration may take, in s. */
export const PROBE_SECONDS = 6;
/** A probe needs no more rows of a fold, and they travel to its process. */
const MOST_ROWS = 5000;

export interface Probes {
  readonly probes: readonly Probe[];
  /** Seconds until a training process can train. */
  readonly loadSeconds: number;
  readonly engine: string;
}

interface ProbeOptions {
  /** The kinds to try. */
  readonly models: readonly ModelAxes[];
  /** That a fold has in the mean: what a probe measures is reckoned for these. */
  readonly trainRows: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** @throws Error when no training process can be had here; the signal's reason once it aborts */
export async function probeKinds(
  { dataset, folds }: Pick<Prepared, 'dataset' | 'folds'>,
  { models, trainRows, signal, say }: ProbeOptions,
): Promise<Probes> {
  // The largest: of folds that grow with time the last.
  const fold = folds.reduce((most, one) => (one.train.length > most.train.length ? one : most));
  const prober = await openProber({ cacheDir: cacheDir(homePath()), signal });
  const probes: Probe[] = [];
  try {
    for (const axes of models) {
      say(`trying ${axes.model}…`);
      const ends = extremes(axes, (one) => foldSeconds(one, fold.train.length));
      for (const configuration of ends) {
        const probe = await probed(configuration, axes, { dataset, fold, trainRows }, prober);
        probes.push(probe);
        // The largest would take longer still.
        if (probe.stopped) break;
      }
    }
    return { probes, loadSeconds: prober.loadSeconds, engine: prober.engine };
  } finally {
    await prober.close();
  }
}

async function probed(
  configuration: Configuration,
  axes: ModelAxes,
  { dataset, fold, trainRows }: { dataset: Dataset; fold: Fold; trainRows: number },
  prober: Prober,
): Promise<Probe> {
  const { model, parameters } = configuration;
  const labelled = (rows: Int32Array): ProbeRequest['train'] => ({
    texts: Array.from(rows, (row) => dataset.texts[row]!),
    labels: Array.from(rows, (row) => dataset.labels[row]!),
  });
  const thin = Math.max(1, fold.train.length / MOST_ROWS);
  const request = {
    model,
    parameters,
    classes: [...dataset.classes],
    train: labelled(thinned(fold.train, thin)),
    validation: labelled(thinned(fold.validation, thin)),
  };
  const told = await prober.probe(request, PROBE_SECONDS);
  const unknown = { configuration, rows: 0, once: 0, memory: undefined };
  if (told.kind === 'failed') return { ...unknown, seconds: undefined, stopped: false, failure: told.reason };
  if (told.kind === 'stopped') return { ...unknown, seconds: told.seconds, stopped: true };
  const { rows, features, once, epochs, memory } = told.measure;
  const share = trainRows / rows;
  const epoch = (share * epochs.reduce((sum, one) => sum + one, 0)) / epochs.length;
  const read = features * share;
  const { per } = modelKind(model).features;
  return {
    configuration,
    // What is read of a text is the same in every fold: once a dataset, for each way to read it.
    once:
      per === 'dataset' ? ((features * dataset.texts.length) / textsOf(rows, fold)) * waysToRead(axes) : 0,
    seconds: (per === 'dataset' ? 0 : read) + once + epoch * Number(parameters.epochs ?? 1),
    rows,
    stopped: told.stopped,
    memory,
  };
}

/** One in so many, evenly taken, so that rows of all times and classes are among them. */
function thinned(rows: Int32Array, step: number): Int32Array {
  return Int32Array.from({ length: Math.ceil(rows.length / step) }, (_, i) => rows[Math.floor(i * step)]!);
}

/** Texts that a probe read: its training rows, and as many of the others as there are in a fold for these. */
const textsOf = (rows: number, { train, validation }: Fold): number =>
  rows * (1 + validation.length / train.length);

/** In how many ways a kind's configurations read texts. */
function waysToRead({ model, axes }: ModelAxes): number {
  const own = Object.keys(modelKind(model).features.fitParameters.shape);
  return axes
    .filter(({ parameter }) => own.includes(parameter))
    .reduce((product, { values }) => product * values.length, 1);
}
