/** Small models of every architecture, really trained and packaged, for the tests of packages and of serving. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset } from '../../../learning/data/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import {
  encodeTexts,
  fitVocabulary,
  tokenExamples,
  tokenInput,
  vocabularyFiles,
} from '../../../learning/features/index.js';
import { modelKind } from '../../../learning/models/index.js';
import { writeModelPackage } from '../../../learning/package/index.js';
import { trainClassifier } from '../../../learning/training/index.js';

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
  'हिन्दी में น้ำดื่ม 스마트폰 👩‍👩‍👧‍👦❤️🇩🇪1️⃣ スーパー',
];

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
  const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 120 }, seed);
  const classes = ['awful', 'it is, "so" so', 'great'].slice(0, count);
  const vocabulary = fitVocabulary(dataset.texts, 300, 12, 'tokenizer' in own ? own.tokenizer : 'words');
  const labels = dataset.labels.map((label, row) => (label + (row % count)) % count);
  const parameters = {
    embedding_dim: 7,
    epochs: 3,
    batch_size: 16,
    learning_rate: 0.05,
    patience: 0,
    ...own,
  };
  const trained = await trainClassifier({
    engine,
    kind: modelKind(kind),
    parameters,
    classes: count,
    input: tokenInput(vocabulary),
    seed,
    train: { examples: tokenExamples(encodeTexts(vocabulary, dataset.texts)), labels },
  });
  const dir = await mkdtemp(join(tmpdir(), 'package-'));
  const { modelJson, weightData } = await trained.save();
  await writeModelPackage(dir, {
    modelJson,
    weightData,
    weights: trained.weights(),
    kind,
    parameters,
    features: vocabularyFiles(vocabulary),
    classes,
    name: 'tested',
    runId: '0123456789abcdef0123456789abcdef',
    inputExample: TEXTS.slice(0, 2),
    metrics: { accuracy: 0.5, roc_auc: null },
    datasetDigest: dataset.digest,
    engine: `${engine.name} ${engine.version}`,
  });
  const expected = trained.predict(tokenExamples(encodeTexts(vocabulary, TEXTS)));
  trained.dispose();
  return { dir, classes, expected };
}
