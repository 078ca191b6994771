/**
 * Everything as `gridsearch run` composes it: private Redis, embedded tracking, an orchestrator in this process and worker children,
 * whose folds train nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { submission } from '../../dist/orchestrator/app/prepare.js';
import { openServices } from '../../dist/orchestrator/app/services.js';
import { startOrchestrator, submitSearch } from '../../dist/orchestrator/search/index.js';
import { parseSearchSpace } from '../../dist/orchestrator/space/index.js';
import { datasetInput } from '../../dist/tracking/client/index.js';
import { startWorker } from '../../dist/worker/index.js';

/**
 * @param strategies - In place of the table's.
 * @param processor - What folds do, a file of this folder.
 */
export async function noopInstallation({ workers, strategies, processor = 'processor.mjs' }) {
  const home = await mkdtemp(join(tmpdir(), 'gridsearch-noop-'));
  process.env.GRIDSEARCH_HOME = home;
  delete process.env.REDIS_URL;
  delete process.env.MLFLOW_TRACKING_URI;
  const services = await openServices();
  const { client: tracking, uri: trackingUri } = services.tracking;
  const fail = (error) => {
    process.stderr.write(`${error.stack}\n`);
  };
  const orchestrator = await startOrchestrator({
    redis: services.redis,
    tracking,
    trackingUri,
    onError: fail,
    ...(strategies && { strategies }),
  });
  const worker = await startWorker({
    redis: services.redis,
    trackingUri,
    concurrency: workers,
    threads: 1,
    cacheDir: join(home, 'cache'),
    processor: join(import.meta.dirname, processor),
    onEvent: (event) => {
      if (event.type !== 'completed') fail(new Error(JSON.stringify(event)));
    },
  });
  return {
    services,
    /** Queues a search. @param body - Of its file, what is not the same for all: models, strategy, folds. */
    async submit(name, body) {
      const { searchId } = await submitSearch(
        { ...submission(parseSearchSpace(file(name, body), `${name}.yaml`)), rows: rowsOf(name) },
        { tracking, searches: services.searches },
      );
      return searchId;
    },
    /** Waits for a search's end. */
    async ended(searchId) {
      for (;;) {
        const state = await services.searches.getJobState(searchId);
        if (state === 'completed' || state === 'failed') break;
        await sleep(25);
      }
      const { failedReason, finishedOn, returnvalue } = await services.searches.getJob(searchId);
      if (failedReason) throw new Error(failedReason);
      return { result: returnvalue, finishedOn };
    },
    async close() {
      await worker.close(0);
      await orchestrator.close();
      await services.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A grid of so many configurations, each of so many folds. */
export const grid = (configurations, folds) => {
  const rates = Array.from({ length: configurations }, (_, k) => (k + 1) / 1000);
  return `cross_validation: { strategy: stratified_k_fold, n_splits: ${folds} }
models: { simple: { learning_rate: [${rates.join(', ')}] } }
`;
};

const file = (name, body) => `name: ${name}
dataset: { source: uci-sentiment, test_size: 0.2 }
objective: { metric: f1_macro }
training: { epochs: 5 }
seed: 42
registered_model: ${name}
${body}`;

const rowsOf = (name) => ({
  name,
  digest: '0'.repeat(32),
  warnings: [],
  baselines: [],
  foldDigests: [],
  folds: '{}',
  inputs: { train: input('train'), eval: input('eval') },
});

const input = (context) =>
  datasetInput({ name: 'no-op', digest: '0'.repeat(32), source: '{}', sourceType: 'code', context });
