/** Training on features that are no words: two numbers of a text. */
import { expect, it } from 'vitest';
import { loadEngine } from '../../../learning/engine/index.js';
import { modelParameters } from '../../../learning/models/index.js';
import { trainClassifier } from '../../../learning/training/index.js';
import { denseExamples, linear } from '../features/dense.js';

it('trains any kind on any features, saves it and predicts with it', async () => {
  const engine = await loadEngine();
  const table = Array.from({ length: 200 }, (_, row) => [row % 2 === 0 ? 1 : -1, ((row * 7) % 5) - 2]);
  const part = (from: number, to: number) => {
    const rows = Int32Array.from({ length: to - from }, (_, place) => from + place);
    return { examples: denseExamples(table, rows), labels: rows.map((row) => row % 2) };
  };
  const own = { learning_rate: 0.1, epochs: 10, batch_size: 16, letter: 'a', scale: 2 };
  const trained = await trainClassifier({
    engine,
    kind: linear,
    parameters: modelParameters(linear).parse(own) as typeof own,
    classes: 2,
    input: { columns: 2 },
    seed: 1,
    train: part(0, 150),
    validation: part(150, 200),
  });
  expect(trained.history.at(-1)!.validation!.accuracy).toBe(1);
  expect(trained.predict(part(150, 200).examples, 7)).toEqual(trained.validationProbabilities);
  const { modelJson } = await trained.save();
  expect(modelJson.weightsManifest).toMatchObject([{ weights: [{ shape: [2, 1] }, { shape: [1] }] }]);
});

it('asks a kind for the parameters of its own features only', () => {
  expect(Object.keys(modelParameters(linear).shape)).toEqual([
    'letter',
    'scale',
    'epochs',
    'batch_size',
    'learning_rate',
    'patience',
    'validation_size',
  ]);
  expect(modelParameters(linear).safeParse({ vocabulary_size: 100 }).success).toBe(false);
});
