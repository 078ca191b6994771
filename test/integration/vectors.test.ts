/** A search whose models start from a file of word vectors. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Sandbox, sandbox } from '../support/cli.js';
import { runsOf, type Submitted } from '../support/runs.js';
import { test } from '../support/test.js';

const SPACE = `
name: vectors
dataset: { source: uci-sentiment, limit: 200 }
models:
  simple: { embeddings: [learned, "file:small.vec"], trainable: [true, false], learning_rate: 0.03 }
  lstm: { embeddings: { file: small.vec }, units: 4 }
training: { epochs: 2, embedding_dim: 2 }
cross_validation: { n_splits: 2 }
`;

describe('a search with a file of word vectors', () => {
  let box: Sandbox;
  let file: string;
  beforeAll(() => {
    box = sandbox();
    file = join(box.home, 'space.yaml');
    writeFileSync(file, SPACE);
    writeFileSync(join(box.home, 'small.vec'), '4 2\nthe 0.1 0.2\ngood 1 1\nbad -1 -1\ngreat 1 0.9\n');
  });
  afterAll(() => box.dispose());

  test('trains on them, logs how many words have one, and leaves a model that predicts', async () => {
    const document = await box.json<Submitted>('run', file, '--workers', '1');
    expect(document).toMatchObject({ status: 'FINISHED', folds: { finished: 10, failed: 0 } });
    const { client } = await box.up();
    const { folds } = await runsOf(client, document);
    expect(folds).toHaveLength(10);
    for (const { params, metrics } of folds) {
      if (params.embeddings === 'learned') {
        expect(metrics).not.toHaveProperty('embedding_coverage');
        continue;
      }
      expect(params.embeddings).toMatch(/^file:small\.vec#[0-9a-f]{64}$/);
      expect(metrics.embedding_coverage).toBeGreaterThan(0);
      expect(metrics.embedding_coverage).toBeLessThan(0.05);
      expect(metrics.embedding_token_coverage).toBeGreaterThan(metrics.embedding_coverage!);
    }
    const { code, stdout } = await box.run('predict', 'vectors/1', 'a great phone', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  }, 120_000);

  test('that is not there is one line with its place, exit code 2', async () => {
    writeFileSync(file, SPACE.replaceAll('small.vec', 'none.vec'));
    const { code, stderr } = await box.run('run', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /space\.yaml:5:\d+: models\.simple\.embeddings: .*none\.vec.*embeddings: learned\n$/,
    );
  });
});
