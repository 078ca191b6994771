/** What a vocabulary and a length make of these texts, told before anything is trained on them. */
import type { Dataset, Fold } from '../data/index.js';
import type { TokenizerName } from '../text/index.js';
import type { ParameterValues } from './parameters.js';
import { type Corpus, corpusOf, fitOnCorpus } from './vocabulary.js';

/** Shares from which a person is told. Of short English reviews, 2 in 100 are cut and 12 in 100 words are unknown. */
const MANY_CUT = 0.1;
const MANY_UNKNOWN = 0.3;
/** Rows of each side that are looked at: a warning need not be exact, and must not take long. */
const MOST_ROWS = 20_000;
const MOST_TOKENS = 1024;

/** @param values - Those that the search tries, by parameter. The kindest of them is held against the texts. */
export function tokenWarnings(
  { texts }: Pick<Dataset, 'texts'>,
  fold: Fold,
  values: ParameterValues,
): string[] {
  const train = someOf(fold.train);
  const rows = [...train, ...someOf(fold.validation)].map((row) => texts[row]!);
  const largest = (name: string): number => Math.max(...(values[name] ?? []).map(Number));
  const tokenizers = (values.tokenizer ?? []) as readonly TokenizerName[];
  return tokenizers.flatMap((tokenizer) => {
    const corpus = corpusOf(rows, tokenizer);
    const what = tokenizers.length > 1 ? `tokenizer ${tokenizer}: ` : '';
    return [
      ...cut(corpus, largest('max_tokens')),
      ...unknown(corpus, train.length, largest('vocabulary_size')),
    ].map((line) => what + line);
  });
}

function someOf(rows: Int32Array): Int32Array {
  const step = Math.ceil(rows.length / MOST_ROWS);
  return rows.filter((_, place) => place % step === 0);
}

function cut({ starts }: Corpus, maxTokens: number): string[] {
  const lengths = Int32Array.from({ length: starts.length - 1 }, (_, row) => starts[row + 1]! - starts[row]!);
  const share = lengths.filter((length) => length > maxTokens).length / lengths.length;
  if (!(share >= MANY_CUT)) return [];
  const enough = lengths.sort()[Math.ceil(lengths.length * 0.95) - 1]!;
  return [
    `${percent(share)} of the texts are cut at max_tokens ${maxTokens}; ${Math.min(enough, MOST_TOKENS)} would leave ${enough > MOST_TOKENS ? 'more' : '95 %'} of them whole`,
  ];
}

/** @param training - Texts that come first and are trained on; the others are validated on. */
function unknown(corpus: Corpus, training: number, size: number): string[] {
  const vocabulary = fitOnCorpus(
    corpus,
    Int32Array.from({ length: training }, (_, row) => row),
    size,
    1,
  );
  const known = new Set(vocabulary.words);
  let strange = 0;
  const from = corpus.starts[training]!;
  for (let at = from; at < corpus.tokens.length; at++) {
    if (!known.has(corpus.words[corpus.tokens[at]!]!)) strange++;
  }
  const share = strange / (corpus.tokens.length - from);
  if (!(share >= MANY_UNKNOWN)) return [];
  const remedies = [
    'give more rows',
    ...(vocabulary.words.length === size ? ['a larger vocabulary_size'] : []),
    ...(corpus.tokenizer === 'words' ? ['tokenizer: characters'] : []),
  ];
  return [
    `${percent(share)} of the words in validation rows are not among the ${vocabulary.words.length} learnt from the training rows; ${remedies.join(', or ')}`,
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
