/** Where our kernels compute, TensorFlow is loaded by whoever needs it; the portable model needs its layers alone. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { loadEngine } from '../../../learning/engine/index.js';
import type { Parameters } from '../../../learning/features/index.js';
import {
  modelKind,
  modelParameters,
  type SteppedKind,
  savePortableModel,
} from '../../../learning/models/index.js';

it.each([
  ['lstm', { layers: 2, bidirectional: true, dropout: 0.2 }, 3],
  ['simple', { hidden_units: 8 }, 2],
])('a portable %s is the same by the layers alone and by all of TensorFlow', async (name, own, classes) => {
  const engine = await loadEngine();
  const kind = modelKind(name) as SteppedKind;
  const shape = { input: { vocabularySize: 40 }, classes, seed: 11 };
  const parameters = modelParameters(kind).parse({ embedding_dim: 8, ...own }) as Parameters;
  const { weights } = kind.network(engine, shape, parameters);
  const save = (layers: typeof engine.layers) =>
    savePortableModel({ ...engine, layers }, weights, kind, shape, parameters);
  // In this order: what is loaded first must not change what comes after it.
  const alone = await save(engine.layers);
  const whole = await save(engine.tf);
  expect(alone.modelJson).toEqual(whole.modelJson);
  expect(Buffer.from(alone.weightData).equals(Buffer.from(whole.weightData))).toBe(true);
});

it('a process that loads the engine has loaded TensorFlow only where there are no kernels', () => {
  const script = `
    import { loadEngine } from './dist/learning/engine/index.js';
    import { readFileSync } from 'node:fs';
    const engine = await loadEngine();
    const loaded = () => readFileSync('/proc/self/maps', 'utf8').includes('libtensorflow');
    const before = loaded();
    engine.tf;
    console.log(JSON.stringify({ before, after: loaded(), kernel: engine.kernel !== undefined }));`;
  const env = { ...process.env, GRIDSEARCH_ENGINE: '' };
  const options = { encoding: 'utf8', env } as const;
  const found = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options));
  expect(found).toEqual({ before: !found.kernel, after: true, kernel: expect.any(Boolean) });
});
