import { describe, expect, it } from 'vitest';
import { pieceExamples, tokeniseTexts } from '../../../learning/encoders/index.js';
import { textTokenizer } from '../../../learning/encoders/tokens/tokenizer.js';
import { randomStream } from '../../../learning/random/index.js';
import { checkpointOf, expectedOf, NAMES, texts } from './fixture.js';

describe.each(NAMES)('the tokenizer of %s', (name) => {
  const { tokenizer } = checkpointOf(name);
  const expected = expectedOf(name);

  it('gives the tokens of Python on 200 texts', () => {
    expect(texts.length).toBe(200);
    for (const [k, text] of texts.entries()) {
      expect(tokenizer.encode(text, 512), JSON.stringify(text)).toEqual(expected.whole[k]);
    }
  });

  it('cuts long texts as Python does, special tokens staying', () => {
    expect(expected.whole.some((ids) => ids.length > 24)).toBe(true);
    for (const [k, text] of texts.entries()) {
      expect(tokenizer.encode(text, 24), JSON.stringify(text)).toEqual(expected.tokens[k]);
    }
  });

  it('puts every text into one batch of an epoch, padded no further than its longest', () => {
    const tokenised = tokeniseTexts(tokenizer, texts, 24);
    const batches = [...pieceExamples(tokenised).epoch(16, randomStream(1, 'order'))];
    const seen = batches.flatMap(({ source }) => [...source]);
    expect(seen.sort((a, b) => a - b)).toEqual([...texts.keys()]);
    for (const { ids, lengths, rows, steps, source } of batches) {
      expect(steps).toBe(Math.max(...lengths));
      for (let r = 0; r < rows; r++) {
        expect([...ids.subarray(r * steps, r * steps + lengths[r]!)]).toEqual(expected.tokens[source[r]!]);
      }
    }
  });
});

describe('a tokenizer that is not supported', () => {
  const model = { type: 'WordPiece', vocab: { '[UNK]': 0, a: 1 }, unk_token: '[UNK]' };
  const sound = {
    model,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: {},
    },
  };
  const error = (json: unknown) => () => textTokenizer(json, (what) => new Error(what));

  it.each([
    ['another model', { ...sound, model: { ...model, type: 'Unigram' } }, /^model.*supported are WordPiece/],
    [
      'a regular expression',
      { ...sound, pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' } } },
      /^pre_tokenizer.*byte-level BPE/,
    ],
    ['ids that are no ids', { ...sound, model: { ...model, vocab: { a: -1 } } }, /^model\.vocab\.a/],
    ['nothing', null, /^the file: /],
  ])('is refused: %s', (_, json, message) => {
    expect(error(json)).toThrow(message);
  });

  it('is not one that only lacks special tokens', () => {
    expect(error(sound)).not.toThrow();
  });
});
