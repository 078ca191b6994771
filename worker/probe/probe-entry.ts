/** The child side of a probe: trains what it is sent, as a worker's child would, and tells how long that took. Nothing is logged. */
import { randomUUID } from 'node:crypto';
import type { FromProbe, ProbeMeasure, ProbeRequest } from './messages.js';

// Before anything large is imported: whoever asked may be gone any time.
process.on('disconnect', () => process.exit(1));
const tell = (message: FromProbe): void => void process.send?.(message, () => undefined);

const { loadEngine } = await import('../../learning/engine/index.js');
const { fitFeatures } = await import('../../learning/features/index.js');
const { modelKind } = await import('../../learning/models/index.js');
const { trainClassifier } = await import('../../learning/training/index.js');
const { probeRequest } = await import('./messages.js');
const { sampled } = await import('./sample.js');

const engine = await loadEngine().catch((error: unknown) => {
  tell({ type: 'load failed', reason: reasonOf(error) });
  throw error;
});

/** What the training that counts should take, in s: longer tells little more. */
const AIM = 0.7;
/** Rows of a first training, whose time counts for nothing: it loads and compiles what later ones find there. */
const WARM_UP = 16;
/** Rows of a second one, which tells how many the third can have. Fewer would measure little but overhead. */
const PILOT = 48;
/** Epochs after which more tell nothing new. */
const MOST_EPOCHS = 3;

async function probe(request: ProbeRequest): Promise<ProbeMeasure> {
  tell({ type: 'so far', measure: await measure(request, WARM_UP, 1) });
  const pilot = await measure(request, PILOT, 1);
  tell({ type: 'so far', measure: pilot });
  const all = request.train.labels.length;
  const seconds = pilot.features + (pilot.epochs[0] ?? 0);
  const rows = Math.min(all, Math.floor((pilot.rows * AIM) / seconds));
  if (rows < all && rows <= 2 * pilot.rows) return pilot;
  // A pilot's rows cost more each than many do, so there is time for more epochs, if they are asked for.
  const epochs = Math.max(1, Math.min(MOST_EPOCHS, Math.floor((AIM * pilot.rows) / (seconds * rows))));
  return measure(request, rows, epochs);
}

/** Trains once, on some of the rows. */
async function measure(
  { model, parameters, classes, ...given }: ProbeRequest,
  count: number,
  most: number,
): Promise<ProbeMeasure> {
  const kind = modelKind(model);
  const train = sampled(given.train, count);
  const share = train.labels.length / given.train.labels.length;
  const validation = sampled(given.validation, Math.ceil(given.validation.labels.length * share));
  const texts = [...train.texts, ...validation.texts];
  const rows = Int32Array.from(texts.keys());
  const dataset = {
    name: 'probe',
    sourceType: 'code',
    source: '{}',
    // No features that were fitted before are taken for these.
    digest: randomUUID(),
    texts,
    labels: Int32Array.from([...train.labels, ...validation.labels]),
    groups: rows,
    classes,
  };
  const started = performance.now();
  const trainRows = rows.subarray(0, train.labels.length);
  const features = await fitFeatures(kind.features, dataset, trainRows, parameters, {
    engine,
    cacheFolder: process.env.GRIDSEARCH_CACHE!,
  });
  const labelled = (some: Int32Array) => ({
    examples: features.examples(some),
    labels: some.map((row) => dataset.labels[row]!),
  });
  const [trained, measured] = [labelled(trainRows), labelled(rows.subarray(train.labels.length))];
  const read = performance.now();
  const classifier = await trainClassifier({
    engine,
    kind,
    // Epochs are counted, so none may be left out.
    parameters:
      'epochs' in parameters
        ? { ...parameters, epochs: Math.min(most, Number(parameters.epochs)), patience: 0 }
        : parameters,
    classes: classes.length,
    input: features.input,
    seed: 0,
    train: trained,
    validation: measured,
  });
  const ended = performance.now();
  classifier.dispose();
  const epochs = classifier.history.map(({ seconds }) => seconds);
  return {
    rows: train.labels.length,
    features: (read - started) / 1000,
    once: Math.max(0, (ended - read) / 1000 - epochs.reduce((sum, one) => sum + one, 0)),
    epochs,
    memory: process.resourceUsage().maxRSS * 1024,
  };
}

process.on('message', async (raw) => {
  try {
    tell({ type: 'done', measure: await probe(probeRequest.parse(raw)) });
  } catch (error) {
    tell({ type: 'failed', reason: reasonOf(error) });
  }
});

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

tell({ type: 'loaded', engine: engine.name });
