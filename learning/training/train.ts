/** Trains one classifier on one fold's rows: network, batches, loop, metrics, from top to bottom. Knows no words. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { adam, type Engine } from '../engine/index.js';
import type { Examples, Parameters, RowBatch } from '../features/index.js';
import {
  type ClassificationMetrics,
  classificationMetrics,
  METRICS,
  type MetricName,
  type Objective,
} from '../metrics/index.js';
import {
  type LabelledExamples,
  type ModelKind,
  type NamedWeights,
  namedWeights,
  probabilitiesOf,
  type SavedModel,
  type ScoringNetwork,
  type Solution,
  type SolvedKind,
  type SteppedKind,
  savePortableModel,
  TRAINING_PARAMETERS,
  toProbabilities,
} from '../models/index.js';
import { randomStream } from '../random/index.js';

export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Mean log loss and accuracy over the epoch's training batches, dropout on, weights changing, as Keras reports them. */
  readonly loss: number;
  readonly accuracy: number;
  /** Of the validation rows, if there are any. */
  readonly validation?: ClassificationMetrics;
  /** Of the rows that early stopping watches, if there are such. */
  readonly stopping?: ClassificationMetrics;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
  /** Wall time of predicting the validation rows. */
  readonly validationSeconds?: number;
}

export type { LabelledExamples };

/** What whoever watches training says to an epoch. */
// biome-ignore lint/suspicious/noConfusingVoidType: those that only watch return nothing
export type EpochVerdict = void | 'stop';

export interface TrainingOptions<Batch extends RowBatch = RowBatch, Input = unknown> {
  readonly engine: Engine;
  readonly kind: ModelKind<Batch, Input>;
  /** The kind's, its features' and the training's parameters, validated. */
  readonly parameters: Parameters;
  readonly classes: number;
  /** What the features say of themselves. */
  readonly input: Input;
  /** Everything random follows from it: initial weights, order of rows, dropout. */
  readonly seed: number;
  readonly train: LabelledExamples<Batch>;
  /** Measured after every epoch. */
  readonly validation?: LabelledExamples<Batch>;
  /** Rows that early stopping watches. @defaultValue the validation rows, whose score then picked its own epoch */
  readonly stopping?: LabelledExamples<Batch>;
  /** What early stopping watches, on those rows if there are any. @defaultValue the loss */
  readonly objective?: Objective;
  /** Awaited before the next epoch starts. With `stop` there is none: training ends as if this epoch had been the last. */
  readonly onEpoch?: (epoch: EpochMetrics) => EpochVerdict | Promise<EpochVerdict>;
  readonly signal?: AbortSignal;
}

export interface TrainedClassifier<Batch extends RowBatch = RowBatch> {
  /**
   * Probabilities, `[rows × classes]`, rows in the examples' order.
   *
   * @param batchSize - @defaultValue the network's, else 256
   */
  predict(examples: Examples<Batch>, batchSize?: number): Float32Array;
  readonly history: readonly EpochMetrics[];
  /** How the weights were found, of a kind that computes them at once. */
  readonly solution?: Solution;
  /** The epoch whose weights the classifier has: the best with early stopping, else the last. */
  readonly bestEpoch: number;
  /** Of the validation rows under those weights, `[rows × classes]`. */
  readonly validationProbabilities?: Float32Array;
  /** Copies; see {@link namedWeights} for names and layout. */
  weights(): NamedWeights[];
  /** The portable model as a tfjs `model.json` and the bytes of its one weight file `weights.bin`. */
  save(): Promise<SavedModel>;
  /** Frees the weights; no other method may be called after it. */
  dispose(): void;
}

/** How long training may keep the event loop waiting: lock renewals, IPC and cancel signals get through in between. */
const TURN_MILLISECONDS = 50;

/**
 * @returns The classifier; dispose of it after use.
 * @throws The signal's reason when aborted; RangeError when there are no rows or a label is not a class.
 */
export async function trainClassifier<Batch extends RowBatch, Input>(
  options: TrainingOptions<Batch, Input>,
): Promise<TrainedClassifier<Batch>> {
  const { engine, kind, parameters, classes, input, seed, train, validation, stopping, signal } = options;
  const objective: Objective = options.objective ?? { metric: 'loss', direction: 'minimize' };
  checkRows('training', train, classes);
  if (validation) checkRows('validation', validation, classes);
  if (stopping) checkRows('early stopping', stopping, classes);

  const shape = { input, classes, seed };
  const learner = 'solve' in kind ? solved(kind, options) : stepped(kind, options);
  const { epochs, patience } = learner;
  let network: ScoringNetwork<Batch> | undefined = learner.network;

  const history: EpochMetrics[] = [];
  let best:
    | { epoch: number; score: number; weights?: Float32Array[]; probabilities?: Float32Array }
    | undefined;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const started = performance.now();
    const { loss, accuracy } = await learner.epoch();
    signal?.throwIfAborted();

    const validated = performance.now();
    const probabilities = validation && probabilitiesOf(network, validation.examples, classes);
    const validationSeconds = (performance.now() - validated) / 1000;
    const measured =
      validation && probabilities && classificationMetrics(validation.labels, probabilities, classes);
    const watched =
      stopping &&
      classificationMetrics(stopping.labels, probabilitiesOf(network, stopping.examples, classes), classes);
    const metrics: EpochMetrics = {
      epoch,
      loss,
      accuracy,
      ...(measured && { validation: measured, validationSeconds }),
      ...(watched && { stopping: watched }),
      seconds: (performance.now() - started) / 1000,
    };
    history.push(metrics);
    const verdict = await options.onEpoch?.(metrics);
    signal?.throwIfAborted();

    if (patience === 0) {
      best = { epoch, score: Number.NaN, probabilities };
      if (verdict === 'stop') break;
      continue;
    }
    const score = objectiveScore(metrics, objective.metric) * (objective.direction === 'maximize' ? 1 : -1);
    if (!best || score > best.score) {
      best = { epoch, score, weights: learner.arrays.map((values) => values.slice()), probabilities };
    } else if (epoch - best.epoch >= patience) {
      break;
    }
    if (verdict === 'stop') break;
  }
  const kept = best!;
  if (kept.weights) learner.restore(kept.weights);

  const alive = (): ScoringNetwork<Batch> => {
    if (!network) throw new Error('This classifier has been disposed of.');
    return network;
  };
  return {
    history,
    bestEpoch: kept.epoch,
    ...(learner.solution && { solution: learner.solution() }),
    validationProbabilities: kept.probabilities,
    predict: (examples, batchSize) => probabilitiesOf(alive(), examples, classes, batchSize),
    weights: () => namedWeights(alive()),
    save: async () => ({
      ...(await savePortableModel(engine, alive().weights, kind, shape, parameters)),
      files: alive().files?.() ?? {},
    }),
    dispose: () => {
      network?.dispose?.();
      network = undefined;
    },
  };
}

/** What the loop drives. */
interface Learner<Batch extends RowBatch> {
  readonly network: ScoringNetwork<Batch>;
  readonly epochs: number;
  readonly patience: number;
  /** One pass over the training rows; anyone may read the weights after it. Means over the rows. */
  epoch(): Promise<{ loss: number; accuracy: number }>;
  /** What it changes. */
  readonly arrays: readonly Float32Array[];
  restore(weights: readonly Float32Array[]): void;
  solution?(): Solution;
}

/** Steps along gradients, batch after batch. */
function stepped<Batch extends RowBatch, Input>(
  kind: SteppedKind<Batch, Input>,
  { engine, parameters, classes, input, seed, train, signal }: TrainingOptions<Batch, Input>,
): Learner<Batch> {
  const { epochs, batch_size, learning_rate, patience } = TRAINING_PARAMETERS.parse(parameters);
  const network = kind.network(engine, { input, classes, seed }, parameters);
  const rows = train.labels.length;
  const optimizer =
    network.optimizer?.(epochs * Math.ceil(rows / batch_size)) ??
    adam(network.trainable, learning_rate, engine.kernel);
  const order = randomStream(seed, 'order');
  const dropout = randomStream(seed, 'dropout');
  let lastTurn = performance.now();
  return {
    network,
    epochs,
    patience,
    arrays: network.trainable,
    async epoch() {
      let loss = 0;
      let correct = 0;
      for (const batch of train.examples.epoch(batch_size, order)) {
        if (performance.now() - lastTurn > TURN_MILLISECONDS) {
          await nextTurn();
          lastTurn = performance.now();
        }
        signal?.throwIfAborted();
        const read = network.rowsRead?.(batch);
        if (read) optimizer.catchUp(read);
        const pass = network.forward(batch, dropout);
        const probabilities = toProbabilities(pass.logits, classes); // [batch, classes]
        const gradient = new Float32Array(pass.logits.length); // ∂(mean log loss)/∂logits = (p − y) / batch
        batch.source.forEach((row, r) => {
          const label = train.labels[row]!;
          const own = probabilities.subarray(r * classes, (r + 1) * classes);
          loss += logLoss(own, label);
          if (isLargest(own, label)) correct++;
          if (classes === 2) gradient[r] = (own[1]! - label) / batch.rows;
          else
            own.forEach((p, c) => {
              gradient[r * classes + c] = (p - (c === label ? 1 : 0)) / batch.rows;
            });
        });
        optimizer.step(pass.backward(gradient));
        network.refresh?.();
      }
      // Measured or not, so that measuring does not change the course; from here on anyone may read the weights.
      optimizer.catchUpAll();
      network.refresh?.();
      return { loss: loss / rows, accuracy: correct / rows };
    },
    restore(weights) {
      weights.forEach((values, k) => {
        network.trainable[k]!.set(values);
      });
      network.refresh?.();
    },
  };
}

/** All at once; loss and accuracy are those of the weights found. */
function solved<Batch extends RowBatch, Input>(
  kind: SolvedKind<Batch, Input>,
  { engine, parameters, classes, input, seed, train }: TrainingOptions<Batch, Input>,
): Learner<Batch> {
  const network = kind.network(engine, { input, classes, seed }, parameters);
  let solution: Solution | undefined;
  return {
    network,
    epochs: 1,
    patience: 0,
    arrays: [],
    async epoch() {
      solution = kind.solve(network, train, classes, parameters);
      const probabilities = probabilitiesOf(network, train.examples, classes);
      let loss = 0;
      let correct = 0;
      train.labels.forEach((label, row) => {
        const own = probabilities.subarray(row * classes, (row + 1) * classes);
        loss += logLoss(own, label);
        if (isLargest(own, label)) correct++;
      });
      return { loss: loss / train.labels.length, accuracy: correct / train.labels.length };
    },
    restore: () => undefined,
    solution: () => solution!,
  };
}

const logLoss = (row: Float32Array, label: number): number => -Math.log(Math.max(row[label]!, 1e-7));

function isLargest(row: Float32Array, index: number): boolean {
  return row.every((value, other) => value < row[index]! || other === index);
}

/** The metric that early stopping goes by; without rows to watch the training rows' loss or accuracy, whichever gets better the same way. */
function objectiveScore({ loss, accuracy, validation, stopping }: EpochMetrics, metric: MetricName): number {
  const watched = stopping ?? validation;
  if (watched) return watched[metric];
  return METRICS[metric].direction === 'minimize' ? loss : accuracy;
}

function checkRows(what: string, { examples, labels }: LabelledExamples, classes: number): void {
  if (examples.rows === 0) throw new RangeError(`There are no ${what} rows.`);
  if (examples.rows !== labels.length) {
    throw new RangeError(`There are ${examples.rows} ${what} rows but ${labels.length} labels.`);
  }
  const strange = labels.find((label) => label < 0 || label >= classes);
  if (strange !== undefined)
    throw new RangeError(`Label ${strange} among the ${what} rows is none of ${classes} classes.`);
}
