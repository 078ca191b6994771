/** What the lite Universal Sentence Encoder must do on every engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  encoderPlace,
  type FrozenEncoder,
  openFrozen,
  pieceExamples,
  tokeniseTexts,
} from '../../../learning/encoders/index.js';
import { type Engine, loadEngine } from '../../../learning/engine/index.js';
import { distance, FOLDER, texts } from './fixture.js';

const expected = z
  .object({
    /** Of the published graph. */
    vectors: z.array(z.object({ text: z.string(), vector: z.array(z.number()) })),
    /** Of Python's tokenizers. */
    tokens: z.array(z.array(z.number())),
  })
  .parse(JSON.parse(readFileSync(join(FOLDER, 'use-lite/expected.json'), 'utf8')));

function vectorsOf(encoder: FrozenEncoder, some: readonly string[], maxTokens: number): number[][] {
  const rows: number[][] = [];
  for (const batch of pieceExamples(tokeniseTexts(encoder.tokenizer, some, maxTokens)).batches(8)) {
    const vectors = encoder.vectors(batch, 'mean');
    batch.source.forEach((row, k) => {
      rows[row] = [...vectors.subarray(k * encoder.columns, (k + 1) * encoder.columns)];
    });
  }
  return rows;
}

export function useLiteSuite(engineName: Engine['name']): void {
  it('reads the published package as Python and TensorFlow.js do', { timeout: 120_000 }, async () => {
    process.env.GRIDSEARCH_ENGINE = engineName;
    const engine = await loadEngine();
    const { folder } = await encoderPlace('use-lite', () => undefined);
    const before = engine.tf.memory().numTensors;
    const encoder = openFrozen(engine, folder);
    expect(texts.map((text) => encoder.tokenizer.encode(text, 1000))).toEqual(expected.tokens);
    const own = vectorsOf(
      encoder,
      expected.vectors.map(({ text }) => text),
      128,
    );
    own.forEach((vector, row) => {
      expect(distance(vector, expected.vectors[row]!.vector)).toBeLessThan(1e-5);
    });
    encoder.dispose();
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  it('gives a text its vector in any company, and texts without a token one too', async () => {
    const engine = await loadEngine();
    const encoder = openFrozen(engine, join(FOLDER, 'use-lite'));
    const some = ['', ' \t', 'the film was good', 'x'.repeat(100), '日本語'];
    const together = vectorsOf(encoder, some, 24);
    some.forEach((text, row) => {
      const vector = together[row]!;
      expect(distance(vectorsOf(encoder, [text], 24)[0]!, vector)).toBeLessThan(1e-6);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    });
    expect(together[1]).toEqual(together[0]);
    encoder.dispose();
  });
}
