/** Fine-tuning a tiny checkpoint: it learns, the same way every time, and what is frozen stays as it was. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDataset } from '../../../learning/data/index.js';
import { encoderValue, openTensorFile } from '../../../learning/encoders/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { fitFeatures, type Parameters } from '../../../learning/features/index.js';
import { modelKind, modelParameters } from '../../../learning/models/index.js';
import { trainClassifier } from '../../../learning/training/index.js';
import { test as inFolder } from '../../support/test.js';
import { FOLDER } from '../encoders/fixture.js';

const kind = modelKind('transformer');

async function train(checkpoint: string, own: Parameters, signal?: AbortSignal) {
  const engine = await loadEngine();
  const before = engine.tf.memory().numTensors;
  const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 160 }, 3);
  const parameters = modelParameters(kind).parse({
    encoder: await encoderValue(join(FOLDER, checkpoint)),
    max_tokens: 24,
    learning_rate: 0.003,
    epochs: 6,
    batch_size: 16,
    ...own,
  }) as Parameters;
  const rows = Int32Array.from(dataset.texts.keys());
  const features = await fitFeatures(kind.features, dataset, rows, parameters, {
    engine,
    cacheFolder: '/nowhere',
  });
  const labelled = (part: Int32Array) => ({
    examples: features.examples(part),
    labels: part.map((row) => dataset.labels[row]!),
  });
  const trained = await trainClassifier({
    engine,
    kind,
    parameters,
    classes: 2,
    input: features.input,
    seed: 5,
    train: labelled(rows.subarray(0, 120)),
    validation: labelled(rows.subarray(120)),
    ...(signal && { signal }),
  });
  const { files } = await trained.save();
  const { history, validationProbabilities } = trained;
  trained.dispose();
  expect(engine.tf.memory().numTensors).toBe(before);
  return { history, validationProbabilities, files };
}

test.each(['bert', 'roberta'])('%s learns its training rows, bit by bit the same', async (checkpoint) => {
  const [first, second] = [await train(checkpoint, {}), await train(checkpoint, {})];
  expect(first.history.at(-1)!.loss).toBeLessThan(first.history[0]!.loss * 0.95);
  expect(second.validationProbabilities).toEqual(first.validationProbabilities);
  expect(second.history.map(({ loss }) => loss)).toEqual(first.history.map(({ loss }) => loss));
});

inFolder('leaves frozen layers as they were, and moves the others', async ({ folder }) => {
  const changed = async (fine_tune: string) => {
    const { files } = await train('bert', { fine_tune, epochs: 1 });
    const path = join(folder, `${fine_tune}.safetensors`);
    writeFileSync(path, files['encoder/model.safetensors']!);
    const [before, after] = [openTensorFile(join(FOLDER, 'bert', 'model.safetensors')), openTensorFile(path)];
    const prefix = before.names.some((name) => name.startsWith('bert.')) ? 'bert.' : '';
    const names = after.names.filter((name) => {
      const shape = after.shapeOf(name)!;
      return after.read(name, shape).some((value, k) => value !== before.read(prefix + name, shape)[k]);
    });
    before.close();
    after.close();
    return new Set(names.map((name) => /layer\.\d|embeddings/.exec(name)![0]));
  };
  expect(await changed('head')).toEqual(new Set());
  expect(await changed('last_1')).toEqual(new Set(['layer.1']));
  expect(await changed('all')).toEqual(new Set(['embeddings', 'layer.0', 'layer.1']));
});

test('stops in the middle of an epoch when told to', async () => {
  const stop = AbortSignal.timeout(300);
  await expect(train('bert', { epochs: 10_000 }, stop)).rejects.toThrow(/timeout|aborted/);
});
