/** Estimates beside searches whose course is known. */
import { describe, expect, test } from 'vitest';
import { estimateNow, estimator } from '../../orchestrator/app/index.js';
import { configurationAt } from '../../orchestrator/search/index.js';
import type { ModelAxes, SearchPayload } from '../../queue/index.js';
import type { SearchProgress } from '../../review/results/index.js';

const axes = (parameters: Record<string, (number | boolean)[]>): ModelAxes['axes'] =>
  Object.entries({ max_tokens: [32], epochs: [5], ...parameters }).map(([parameter, values]) => ({
    parameter,
    values,
  }));
const LSTM: ModelAxes = { model: 'lstm', axes: axes({ units: [64, 128], learning_rate: [0.1, 0.2, 0.3] }) };
const SIMPLE: ModelAxes = {
  model: 'simple',
  axes: axes({ learning_rate: Array.from({ length: 60 }, (_, i) => (i + 1) / 100) }),
};

function searchOf(models: ModelAxes[], more: object = {}): SearchPayload {
  const total = models.reduce(
    (sum, model) => sum + model.axes.reduce((product, { values }) => product * values.length, 1),
    0,
  );
  const inputs = { train: { dataset: { profile: JSON.stringify({ num_rows: 2400 }) } } };
  const strategy = { kind: 'grid' };
  const context = { folds: 3, seed: 1 };
  return { models, total, strategy, context, inputs, progress: {}, ...more } as unknown as SearchPayload;
}

const progressAt = (
  search: SearchPayload,
  configurations: number,
  folds = 0,
  taken: SearchProgress['taken'] = {},
): SearchProgress =>
  ({
    search,
    taken,
    upTo: configurations,
    open:
      folds > 0 ? [{ configuration: configurationAt(search, configurations), settled: folds, taken: 0 }] : [],
  }) as unknown as SearchProgress;

/** Plays a search through, one fold after another; what was estimated beside what was true, at each fold. */
function played(models: ModelAxes[], secondsOf: (model: string, units: unknown) => number, startUp = 2) {
  const search = searchOf(models);
  const folds = Array.from({ length: search.total * 3 }, (_, i) => {
    const { model, parameters } = configurationAt(search, Math.floor(i / 3));
    return secondsOf(model, parameters.units);
  });
  const whole = folds.reduce((sum, seconds) => sum + seconds, startUp);
  const estimate = estimator(search);
  estimate(progressAt(search, 0), 0);
  let at = startUp;
  return folds.map((seconds, i) => {
    at += seconds;
    const done = i + 1;
    const { left } = estimate(progressAt(search, Math.floor(done / 3), done % 3), at);
    return { left: left!, truth: whole - at, byCount: (at / done) * (folds.length - done) };
  });
}

describe('the time left', () => {
  describe('of a search of which earlier ones held two thirds', () => {
    const search = searchOf([SIMPLE]);
    /** Forty of sixty configurations are taken over at once. */
    const takenOver: SearchProgress = {
      ...progressAt(search, 0),
      open: Array.from({ length: 40 }, (_, i) => ({
        configuration: configurationAt(search, i),
        settled: 3,
        taken: 3,
      })),
    };
    const later = (upTo: number) => progressAt(search, upTo, 0, { simple: 120 });

    test('is told by the folds that are trained', () => {
      const estimate = estimator(search);
      estimate(progressAt(search, 0), 0);
      expect(estimate(takenOver, 1).left).toBeUndefined();
      estimate(later(41), 10);
      const { left, done } = estimate(later(45), 46);
      expect(done).toBeCloseTo(45 / 60, 2);
      // Fifteen are left, at 9 s each.
      expect(left).toBeGreaterThan(100);
      expect(left).toBeLessThan(170);
      const fooled = estimator(search);
      fooled(progressAt(search, 0), 0);
      fooled({ ...takenOver, open: takenOver.open.map((one) => ({ ...one, taken: 0 })) }, 1);
      fooled(later(41), 10);
      expect(fooled(later(45), 46).left).toBeLessThan(20);
    });

    test('is told so at a single look, too, once one was trained', () => {
      expect(estimateNow(later(45), 46).left).toBeGreaterThan(100);
      expect(estimateNow(later(40), 2).left).toBeUndefined();
    });
  });

  test('is not fooled where what is taken over is the cheap part', () => {
    const model: ModelAxes = { model: 'simple', axes: axes({ learning_rate: [0.1, 0.2, 0.3, 0.4] }) };
    const cheap = model.axes.map((axis) =>
      axis.parameter === 'epochs' ? { ...axis, values: [1, 100] } : axis,
    );
    // The axes of a grid turn like an odometer, the last the fastest: the first half has one epoch.
    const search = searchOf([{ ...model, axes: cheap }]);
    const estimate = estimator(search);
    estimate(progressAt(search, 0), 0);
    const held = [0, 1, 2, 3].map((i) => ({
      configuration: configurationAt(search, i),
      settled: 3,
      taken: 3,
    }));
    expect(held.map(({ configuration }) => configuration.parameters.epochs)).toEqual([1, 1, 1, 1]);
    estimate({ ...progressAt(search, 0), open: held }, 1);
    // One of four that are trained, in 30 s.
    const { left } = estimate(progressAt(search, 5, 0, { simple: 12 }), 31);
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThan(100);
  });

  test('is not taken from the count of folds where kinds differ', () => {
    const course = played([LSTM, SIMPLE], (model, units) => (model === 'lstm' ? Number(units) / 40 : 0.3));
    // In the middle of the slow kind: by count it would be several times too long.
    const { left, truth, byCount } = course[8]!;
    expect(byCount / truth).toBeGreaterThan(3);
    expect(left / truth).toBeGreaterThan(0.6);
    expect(left / truth).toBeLessThan(1.6);
  });

  test('comes right for a kind that is three times as slow as its guess, once that is seen', () => {
    const course = played([SIMPLE, LSTM], (model, units) => (model === 'lstm' ? Number(units) / 8 : 0.2));
    const inLstm = course.slice(60 * 3 + 3, -2);
    for (const { left, truth } of inLstm) {
      expect(left / truth).toBeGreaterThan(0.7);
      expect(left / truth).toBeLessThan(1.4);
    }
  });

  test('does not take the start of processes for the pace of short folds', () => {
    const [first] = played([SIMPLE], () => 0.05, 2.5);
    expect(first!.byCount / first!.truth).toBeGreaterThan(40);
    expect(first!.left / first!.truth).toBeLessThan(15);
  });

  test('is unknown before anything has settled, and runs down between two folds', () => {
    const search = searchOf([SIMPLE]);
    const estimate = estimator(search);
    expect(estimate(progressAt(search, 0), 0)).toEqual({ done: 0, left: undefined });
    const { left } = estimate(progressAt(search, 10), 10);
    expect(estimate(progressAt(search, 10), 11).left).toBeCloseTo(left! - 1, 6);
    expect(estimate(progressAt(search, 60), 50)).toEqual({ done: 1, left: 0 });
  });

  test('is never more than the budget leaves, also before anything tells the speed', () => {
    const search = searchOf([SIMPLE], {
      budget: { max_duration: { written: '30s', ms: 30_000 } },
      progress: { startedAt: 1_000_000 },
    });
    const estimate = estimator(search);
    const whenAt = (seconds: number): number => 1_000_000 + seconds * 1000;
    expect(estimate(progressAt(search, 0), 0, 0, whenAt(0))).toMatchObject({
      left: 30,
      cutBy: 'max_duration',
    });
    // A fifth in twelve seconds.
    expect(estimate(progressAt(search, 12), 12, 0, whenAt(12))).toMatchObject({
      left: 18,
      cutBy: 'max_duration',
    });
    const { left, cutBy } = estimate(progressAt(search, 59), 20, 0, whenAt(20));
    expect(left).toBeLessThan(10);
    expect(cutBy).toBeUndefined();
    expect(estimate(progressAt(search, 59), 31, 0, whenAt(31))).toMatchObject({ left: 0 });
    // An hour's pause is none of its time.
    const other = estimator(search);
    other(progressAt(search, 0), 0, 0, whenAt(0));
    expect(other(progressAt(search, 12), 12, 3_600_000, whenAt(3612))).toMatchObject({ left: 18 });
  });

  test('takes for what is to come the share of folds that pruning has left so far', () => {
    const search = searchOf([SIMPLE]);
    const estimate = estimator(search);
    estimate(progressAt(search, 0), 0);
    // Of each configuration but one fold is trained, in a second.
    let left: number | undefined;
    for (let done = 1; done <= 30; done++) ({ left } = estimate(progressAt(search, done), 2 + done));
    expect(left! / 30).toBeGreaterThan(0.8);
    expect(left! / 30).toBeLessThan(1.25);
  });

  test('takes a grid of millions in its stride', () => {
    const many = Array.from({ length: 200 }, (_, i) => i + 1);
    const search = searchOf([
      { model: 'lstm', axes: axes({ units: many, epochs: many, embedding_dim: many }) },
    ]);
    const started = performance.now();
    const estimate = estimator(search);
    estimate(progressAt(search, 0), 0);
    expect(estimate(progressAt(search, 4_000_000), 1000).done).toBeLessThan(1);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
