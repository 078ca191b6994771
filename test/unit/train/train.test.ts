import { beforeAll, describe, expect, it } from 'vitest';
import { type Engine, loadEngine } from '../../../learning/engine/index.js';
import { type Parameters, tokenExamples } from '../../../learning/features/index.js';
import { METRICS } from '../../../learning/metrics/index.js';
import { modelKind, modelParameters } from '../../../learning/models/index.js';
import {
  type EpochMetrics,
  type TrainingOptions,
  trainClassifier,
} from '../../../learning/training/index.js';
import { separable, separableTexts } from '../engine/texts.js';

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

function options(own: Parameters, more: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    engine,
    kind: modelKind('simple'),
    parameters: modelParameters('simple').parse({
      embedding_dim: 8,
      learning_rate: 0.01,
      ...own,
    }) as Parameters,
    classes: 2,
    input: { vocabularySize: 42 },
    seed: 1,
    train: separable(400, 2, 10, 1),
    validation: separable(100, 2, 10, 2),
    ...more,
  };
}

describe('training', () => {
  it('reports every epoch, in order, before the next begins', async () => {
    const seen: EpochMetrics[] = [];
    let busy = false;
    const onEpoch = async (epoch: EpochMetrics) => {
      expect(busy).toBe(false);
      busy = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(epoch);
      busy = false;
    };
    const trained = await trainClassifier(options({ epochs: 3 }, { onEpoch }));
    expect(seen).toEqual(trained.history);
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(trained.bestEpoch).toBe(3);
    expect(seen[2]!.loss).toBeLessThan(seen[0]!.loss);
    expect(Object.keys(seen[0]!.validation!)).toEqual(Object.keys(METRICS));
    for (const value of [...Object.values(seen[0]!.validation!), seen[0]!.seconds]) {
      expect(value).toBeGreaterThan(0);
    }
  });

  it('ends with an epoch that was enough, as if it had been the last', async () => {
    const enough = ({ epoch }: EpochMetrics) => (epoch === 2 ? ('stop' as const) : undefined);
    const stopped = await trainClassifier(options({ epochs: 5 }, { onEpoch: enough }));
    const short = await trainClassifier(options({ epochs: 2 }));
    expect([stopped.history.length, stopped.bestEpoch]).toEqual([2, 2]);
    expect(stopped.validationProbabilities).toEqual(short.validationProbabilities);
    expect(stopped.weights()).toEqual(short.weights());

    const watching = { objective: { metric: 'loss', direction: 'maximize' } } as const;
    const early = await trainClassifier(
      options({ epochs: 5, patience: 4 }, { ...watching, onEpoch: enough }),
    );
    // The loss falls, so the first epoch is the one to keep.
    expect([early.history.length, early.bestEpoch]).toEqual([2, 1]);
  });

  it('needs no validation rows', async () => {
    const trained = await trainClassifier(options({ epochs: 2 }, { validation: undefined }));
    expect(trained.history[0]).not.toHaveProperty('validation');
    expect(trained.validationProbabilities).toBeUndefined();
  });

  it('gives probabilities that sum to one, in the order of the rows', async () => {
    const trained = await trainClassifier(options({ epochs: 4 }));
    const { texts, labels } = separableTexts(30, 2, 10, 5);
    const all = trained.predict(tokenExamples(texts));
    labels.forEach((_, row) => {
      expect(all[2 * row]! + all[2 * row + 1]!).toBeCloseTo(1, 6);
      const ids = texts.ids.subarray(row * 10, (row + 1) * 10);
      const lengths = texts.lengths.subarray(row, row + 1);
      const one = trained.predict(tokenExamples({ ids, lengths, rows: 1, maxTokens: 10 }));
      expect(one[1]).toBeCloseTo(all[2 * row + 1]!, 6);
    });
  });

  it('stops when the objective no longer improves and goes back to the best weights', async () => {
    // With labels at random nothing generalises, so the validation loss soon rises.
    const noise = {
      ...separable(100, 2, 10, 2),
      labels: Int32Array.from({ length: 100 }, (_, r) => (r >> 1) & 1),
    };
    const objective = { metric: 'loss', direction: 'minimize' } as const;
    const setup = options({ epochs: 50, patience: 3 }, { validation: noise, objective });
    const trained = await trainClassifier(setup);
    const losses = trained.history.map((epoch) => epoch.validation!.loss);
    expect(losses.length).toBe(trained.bestEpoch + 3);
    expect(losses[trained.bestEpoch - 1]).toBe(Math.min(...losses));
    expect(trained.predict(noise.examples)).toEqual(trained.validationProbabilities);
  });

  it('stops by other rows than those that score, where there are such', async () => {
    const noise = {
      ...separable(100, 2, 10, 2),
      labels: Int32Array.from({ length: 100 }, (_, r) => (r >> 1) & 1),
    };
    const objective = { metric: 'loss', direction: 'minimize' } as const;
    const trained = await trainClassifier(
      options({ epochs: 50, patience: 3 }, { stopping: noise, objective }),
    );
    const losses = trained.history.map((epoch) => epoch.stopping!.loss);
    expect(losses.length).toBe(trained.bestEpoch + 3);
    expect(losses[trained.bestEpoch - 1]).toBe(Math.min(...losses));
    // The rows that score went on getting better.
    const scored = trained.history.map((epoch) => epoch.validation!.loss);
    expect(scored.indexOf(Math.min(...scored)) + 1).toBeGreaterThan(trained.bestEpoch);
  });

  it('does not change its course for being measured', async () => {
    const [measured, alone] = [
      await trainClassifier(options({ epochs: 2, dropout: 0.2 })),
      await trainClassifier(options({ epochs: 2, dropout: 0.2 }, { validation: undefined })),
    ];
    expect(alone.weights()).toEqual(measured.weights());
  });

  it('lets timers run and ends with the reason of the abort', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by the user');
    let ticks = 0;
    const ticking = setInterval(() => {
      if (++ticks === 3) controller.abort(reason);
    }, 10);
    const endless = trainClassifier(options({ epochs: 10_000 }, { signal: controller.signal }));
    await expect(endless).rejects.toBe(reason);
    clearInterval(ticking);
  });

  it('refuses rows that do not fit', async () => {
    const { examples } = separable(3, 2, 10, 1);
    const train = (labels: number[]) =>
      trainClassifier(options({}, { train: { examples, labels: Int32Array.from(labels) } }));
    await expect(train([0, 1])).rejects.toThrow('There are 3 training rows but 2 labels.');
    await expect(train([0, 1, 2])).rejects.toThrow('Label 2 among the training rows is none of 2 classes.');
    const none = separable(0, 2, 10, 1);
    await expect(trainClassifier(options({}, { train: none }))).rejects.toThrow(
      'There are no training rows.',
    );
  });

  it('cannot be used after it was disposed of', async () => {
    const trained = await trainClassifier(options({ epochs: 1 }));
    trained.dispose();
    expect(() => trained.weights()).toThrow('disposed');
  });
});
