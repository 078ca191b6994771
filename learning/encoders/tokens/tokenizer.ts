/**
 * Texts to token ids, as `tokenizer.json` of a checkpoint has it, by Hugging Face's own JavaScript port of its tokenizers. WordPiece
 * as BERT has it, byte-level BPE as RoBERTa has it, and unigrams behind one normalisation: those are proved equal to Python's.
 * Others of the many that the file can describe are refused: some hold regular expressions, which a file from elsewhere must
 * not run here.
 */
import { isDeepStrictEqual } from 'node:util';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { UNIGRAM } from './unigram.js';

export interface TextTokenizer {
  /** Greatest id in the vocabulary. */
  readonly largestId: number;
  /** Special tokens that every text gets. */
  readonly specials: number;
  /**
   * @param maxTokens - Longer texts are cut at their end; special tokens stay and count. More than `specials`.
   * @returns Ids with the special tokens around them.
   */
  encode(text: string, maxTokens: number): number[];
}

const id = z.number().int().min(0).max(2_000_000);
const vocabulary = z.record(z.string(), id);
const typed = <Type extends string>(...types: Type[]) => z.looseObject({ type: z.enum(types) });

/** A file that can be used, and what of it is used here. */
interface Sound {
  readonly file: object;
  readonly largestId: number;
  /** Whether it lower-cases texts. */
  readonly lowers: boolean;
}

const framedSchema = z
  .looseObject({
    model: z.discriminatedUnion('type', [
      z.looseObject({ type: z.literal('WordPiece'), vocab: vocabulary, unk_token: z.string() }),
      z.looseObject({
        type: z.literal('BPE'),
        vocab: vocabulary,
        merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
      }),
    ]),
    normalizer: z
      .looseObject({ type: z.literal('BertNormalizer'), lowercase: z.boolean() })
      .nullable()
      .default(null),
    pre_tokenizer: typed('BertPreTokenizer', 'ByteLevel'),
    post_processor: typed('TemplateProcessing', 'RobertaProcessing', 'BertProcessing'),
    added_tokens: z
      .array(z.looseObject({ id, content: z.string().min(1) }))
      .max(10_000)
      .default([]),
  })
  .transform((file): Sound => {
    let largestId = 0;
    for (const value of Object.values(file.model.vocab)) largestId = Math.max(largestId, value);
    for (const token of file.added_tokens) largestId = Math.max(largestId, token.id);
    return { file, largestId, lowers: file.normalizer?.lowercase === true };
  });

const same = (expected: unknown) =>
  z.custom((value) => isDeepStrictEqual(value, expected), { error: 'is not the one that is supported' });

const unigramSchema = z
  .object({
    model: z.object({
      type: z.literal('Unigram'),
      unk_id: id,
      vocab: z
        .array(z.tuple([z.string().min(1), z.number()]))
        .min(1)
        .max(2_000_000),
    }),
    normalizer: same(UNIGRAM.normalizer),
    pre_tokenizer: same(UNIGRAM.pre_tokenizer),
    post_processor: z.null(),
    added_tokens: z.array(z.unknown()).max(0).default([]),
  })
  .refine(({ model }) => model.unk_id < model.vocab.length, {
    path: ['model', 'unk_id'],
    error: 'is no piece',
  })
  .transform((file): Sound => ({ file, largestId: file.model.vocab.length - 1, lowers: false }));
const isUnigram = (json: unknown): boolean =>
  z.looseObject({ model: typed('Unigram') }).safeParse(json).success;

const SUPPORTED =
  'supported are WordPiece as BERT has it, byte-level BPE as RoBERTa has it, and unigrams as the lite Universal Sentence Encoder has them';

/**
 * @param json - Of `tokenizer.json`.
 * @param failure - Makes the error of what is wrong.
 */
export function textTokenizer(json: unknown, failure: (what: string) => Error): TextTokenizer {
  const parsed = (isUnigram(json) ? unigramSchema : framedSchema).safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw failure(`${path.join('.') || 'the file'}: ${message}; ${SUPPORTED}`);
  }
  const { file, largestId, lowers } = parsed.data;
  let tokenizer: PortedTokenizer;
  let frame: Frame;
  try {
    tokenizer = new Tokenizer({ ...file, decoder: null }, {});
    frame = frameOf(tokenizer);
  } catch (error) {
    throw failure(`can't be used: ${error instanceof Error ? error.message : String(error)}; ${SUPPORTED}`);
  }
  const specials = frame.before.length + frame.after.length;
  return {
    largestId,
    specials,
    encode(text, maxTokens) {
      const { ids } = tokenizer.encode(lowers ? withSmallSigmas(text) : text);
      if (ids.length <= maxTokens) return ids;
      const kept = maxTokens - frame.after.length;
      return [...ids.slice(0, kept), ...frame.after];
    },
  };
}

/**
 * Python's tokenizers lower-case each character by itself; JavaScript writes a capital sigma at a word's end as ς. It is the one
 * letter whose lower case depends on its neighbours.
 */
const withSmallSigmas = (text: string): string => text.replaceAll('Σ', 'σ');

/** What is used of the port; its own types don't resolve under Node's rules for modules. */
interface PortedTokenizer {
  encode(text: string, options?: { add_special_tokens: boolean }): { ids: number[] };
}

/** Special tokens around a text. */
interface Frame {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** @throws Error when special tokens don't stand around the text alone. */
function frameOf(tokenizer: PortedTokenizer): Frame {
  const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const framed = tokenizer.encode('a').ids;
  const before = framed.findIndex(
    (_, at) => bare.length > 0 && bare.every((each, k) => framed[at + k] === each),
  );
  if (before < 0) throw new Error('its special tokens do not stand around the text');
  return { before: framed.slice(0, before), after: framed.slice(before + bare.length) };
}
