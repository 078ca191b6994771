/**
 * What is made of a text before anything reads it: here, mentions and addresses, of which each is rare and all say alike. A rule has
 * no effect on what it gave, so that doing it twice is doing it once.
 */
import { entryOf, namesOf } from '../table.js';

/** As TweetEval has its texts (Barbieri et al., 2020, https://arxiv.org/abs/2010.12421). Packages do the same. */
const tweets = (text: string): string =>
  text
    .split(' ')
    .map((word) =>
      word.startsWith('http') ? 'http' : word.length > 1 && word.startsWith('@') ? '@user' : word,
    )
    .join(' ');

/** By name. One line adds one; packages must learn it, too. */
const NORMALIZATIONS = { tweets };

export type NormalizationName = keyof typeof NORMALIZATIONS;
export const NORMALIZATION_NAMES = namesOf<NormalizationName>(NORMALIZATIONS);

/** @throws Error when there is no such normalization */
export const normalizationOf = (name: string): ((text: string) => string) =>
  entryOf<(text: string) => string>(NORMALIZATIONS, 'normalization', name);
