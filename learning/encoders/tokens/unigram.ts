/**
 * How texts are taken apart before SentencePiece's unigram model (Kudo, 2018, https://arxiv.org/abs/1804.10959) scores their
 * pieces: compatibility forms made plain, white space made one space, ▁ for a space and at the start. Written so that
 * Hugging Face's tokenizers in JavaScript and in Python do the same.
 */
export const UNIGRAM = {
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'NFKC' },
      { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
      { type: 'Strip', strip_left: true, strip_right: true },
    ],
  },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
  post_processor: null,
};
