import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MODEL_KINDS, modelParameters } from '../../../learning/models/index.js';

describe('model kinds', () => {
  it('are read without loading TensorFlow', () => {
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.filter((file) => file.includes('tfjs'))).toEqual([]);
    expect((globalThis as { _tfengine?: unknown })._tfengine).toBeUndefined();
  });

  it.each(Object.entries(MODEL_KINDS))(
    '%s describes every parameter and gives it a default',
    (name, kind) => {
      expect(kind.name).toBe(name);
      const schema = modelParameters(kind);
      for (const [key, type] of Object.entries(schema.shape)) {
        expect((type as z.ZodType).description, key).toBeTruthy();
      }
      // An optional one is off where it is not written.
      const optional = ['validation_size'];
      expect(Object.keys(schema.parse({}))).toEqual(
        Object.keys(schema.shape).filter((key) => !optional.includes(key)),
      );
      expect(() => z.toJSONSchema(schema)).not.toThrow();
    },
  );

  it.each([
    ['lstm', { units: 0 }],
    ['lstm', { layers: 5 }],
    ['lstm', { dropout: 1 }],
    ['lstm', { bidirectional: 'yes' }],
    ['lstm', { hidden_units: 4 }],
    ['simple', { max_tokens: 1025 }],
    ['simple', { vocabulary_size: 0 }],
    ['simple', { learning_rate: 0 }],
    ['simple', { epochs: 1.5 }],
  ])('%s refuses %o', (kind, parameters) => {
    expect(modelParameters(kind).safeParse(parameters).success).toBe(false);
  });

  it('names the kinds there are when asked for another', () => {
    expect(() => modelParameters('gru')).toThrow(
      'No model kind "gru"; there are tfidf, simple, lstm, encoder, transformer.',
    );
    expect(() => modelParameters('constructor')).toThrow('No model kind');
  });
});
