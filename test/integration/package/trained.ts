/** Small models of every architecture, really trained and packaged, for the tests of packages and of serving. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDataset } from '../../../learning/data/index.js';
import { encoderValue } from '../../../learning/encoders/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { fitFeatures, type Parameters } from '../../../learning/features/index.js';
import { modelKind, modelParameters } from '../../../learning/models/index.js';
import { writeModelPackage } from '../../../learning/package/index.js';
import { normalizationOf } from '../../../learning/text/index.js';
import { trainClassifier } from '../../../learning/training/index.js';

/** The one whose texts are normalized. */
const NORMALIZED = 'transformer, BERT, three classes';
const WORDS = { vocabulary_size: 300, max_tokens: 12, embedding_dim: 7 };
const STEPS = { epochs: 3, batch_size: 16, learning_rate: 0.05 };

export const ARCHITECTURES = {
  'simple, two classes': ['simple', 2, { hidden_units: 0 }],
  'simple, hidden layer, three classes': ['simple', 3, { hidden_units: 8, dropout: 0.2 }],
  'lstm, two classes': ['lstm', 2, { units: 6, dropout: 0.2 }],
  'lstm, both directions, two classes': ['lstm', 2, { units: 6, bidirectional: true }],
  'lstm, two layers, two classes': ['lstm', 2, { units: 6, layers: 2, recurrent_dropout: 0.1 }],
  'lstm, two layers, both directions, three classes': [
    'lstm',
    3,
    { units: 5, layers: 2, bidirectional: true, input_dropout: 0.1 },
  ],
  'tfidf, two classes': ['tfidf', 2, { C: 10 }],
  'tfidf, runs of words, three classes': ['tfidf', 3, { ngram_max: 2, sublinear_tf: true, min_df: 2 }],
  'encoder, BERT, two classes': ['encoder', 2, { encoder: 'bert', dropout: 0.1 }],
  'encoder, RoBERTa, hidden layer, three classes': [
    'encoder',
    3,
    { encoder: 'roberta', hidden_units: 5, pooling: 'cls', max_tokens: 9 },
  ],
  'encoder, USE-lite, two classes': ['encoder', 2, { encoder: 'use-lite', max_tokens: 12 }],
  'transformer, BERT, three classes': [
    'transformer',
    3,
    { encoder: 'bert', fine_tune: 'all', learning_rate: 0.001 },
  ],
  'transformer, RoBERTa, two classes': [
    'transformer',
    2,
    { encoder: 'roberta', fine_tune: 'last_1', layer_decay: 0.9 },
  ],
  'simple, characters, two classes': ['simple', 2, { tokenizer: 'characters' }],
} as const;

/** Texts that try tokenizers and padding: no words, unknown words, more words than the model reads, other scripts. */
export const TEXTS = [
  'A very, very, very slow-moving, aimless movie.',
  "Don’t miss it: it's GREAT!!!",
  '',
  '😀 …',
  'qwertz'.repeat(50),
  'the film was good and the actors were good and the end was not so good but all in all it was a good film',
  'ﬁne STRASSE straße İstanbul ΟΔΟΣ 日本語 Ⅷ ² １２ naïve',
  'line\nbreak, "quotes"; tab\tand\u00a0space',
  'good',
  '@someone @ good: see https://example.com/@a?b=1 or\thttp http\n@two',
  'हिन्दी में น้ำดื่ม 스마트폰 👩‍👩‍👧‍👦❤️🇩🇪1️⃣ スーパー',
];

const ENCODERS = fileURLToPath(new URL('../../fixtures/encoders', import.meta.url));

export interface TrainedPackage {
  readonly dir: string;
  readonly classes: readonly string[];
  /** What the trained model itself answers for {@link TEXTS}, `[texts × classes]`. */
  readonly expected: Float32Array;
}

/** Trains for moments on a few sentences; enough for weights that are nobody's initial ones. */
export async function trainedPackage(name: keyof typeof ARCHITECTURES, seed = 1): Promise<TrainedPackage> {
  const [kind, count, own] = ARCHITECTURES[name];
  const engine = await loadEngine();
  const normalize = name === NORMALIZED ? ('tweets' as const) : undefined;
  const dataset = await loadDataset(
    { source: 'uci-sentiment', test_size: 0.2, limit: 120, ...(normalize && { normalize }) },
    seed,
  );
  const classes = ['awful', 'it is, "so" so', 'great'].slice(0, count);
  const chosen = modelKind(kind);
  const labels = dataset.labels.map((label, row) => (label + (row % count)) % count);
  const parameters = modelParameters(chosen).parse({
    ...(chosen.features.name === 'tokens' && WORDS),
    ...('training' in chosen && STEPS),
    ...own,
    ...('encoder' in own && { encoder: await encoderValue(join(ENCODERS, own.encoder)) }),
  }) as Parameters;
  const cacheFolder = await mkdtemp(join(tmpdir(), 'cache-'));
  const all = Int32Array.from(dataset.texts.keys());
  const features = await fitFeatures(chosen.features, dataset, all, parameters, { engine, cacheFolder });
  const trained = await trainClassifier({
    engine,
    kind: chosen,
    parameters,
    classes: count,
    input: features.input,
    seed,
    train: { examples: features.examples(all), labels },
  });
  const dir = await mkdtemp(join(tmpdir(), 'package-'));
  const { modelJson, weightData, files } = await trained.save();
  await writeModelPackage(dir, {
    modelJson,
    weightData,
    weights: trained.weights(),
    kind,
    parameters,
    features: { ...(await features.files()), ...files },
    needs: chosen.features.packageNeeds,
    ...(normalize && { normalize }),
    classes,
    name: 'tested',
    runId: '0123456789abcdef0123456789abcdef',
    inputExample: TEXTS.slice(0, 2),
    metrics: { accuracy: 0.5, roc_auc: null },
    datasetDigest: dataset.digest,
    engine: `${engine.name} ${engine.version}`,
  });
  const expected = trained.predict(
    features.encode(normalize ? TEXTS.map(normalizationOf(normalize)) : TEXTS),
  );
  trained.dispose();
  return { dir, classes, expected };
}
