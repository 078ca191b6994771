/** All of a search but the command line, in this process: Redis, tracking, orchestrators, workers with real children. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closers } from '../../orchestrator/app/closers.js';
import { prepare } from '../../orchestrator/app/prepare.js';
import { openServices, type Services } from '../../orchestrator/app/services.js';
import {
  type Orchestrator,
  type Submission,
  startOrchestrator,
  submitSearch,
} from '../../orchestrator/search/index.js';
import { type SearchResult, searchResult } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import { startTrackingServer } from '../../tracking/server/index.js';
import { startWorker, type WorkerEvent } from '../../worker/index.js';
import { expectNoneLeft } from './processes.js';
import type { Submitted } from './runs.js';
import { until } from './until.js';

const PROCESSOR = fileURLToPath(new URL('../../dist/bundle/processor.js', import.meta.url));

const ENTRY = fileURLToPath(new URL('../../dist/bundle/entry.js', import.meta.url));

type OrchestratorOptions = Partial<Parameters<typeof startOrchestrator>[0]>;

export interface Installation {
  readonly home: string;
  readonly services: Services;
  readonly client: TrackingClient;
  /** What orchestrators told of. A test that expects something takes it out; the rest fails it. */
  readonly errors: Error[];
  /** What workers told of. */
  readonly events: WorkerEvent[];
  orchestrator(options?: OrchestratorOptions): Promise<Orchestrator>;
  worker(options?: {
    processor?: string;
    entry?: string;
    concurrency?: number;
    trackingUri?: string;
  }): Promise<void>;
  submit(file: string, changes?: Partial<Submission>): Promise<Submitted>;
  /** What came of a search, once its job has completed. */
  result(search: Submitted): Promise<SearchResult>;
  /** Makes jobs of processors that look out for it wait, until the returned function is called. */
  hold(): () => void;
  /** @throws Error when something is left running, or an orchestrator told of an error that nobody expected */
  close(): Promise<void>;
}

export async function openInstallation(): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'gs-'));
  const cacheDir = join(home, 'cache');
  process.env.GRIDSEARCH_HOME = home;
  delete process.env.REDIS_URL;
  delete process.env.MLFLOW_TRACKING_URI;
  const opened = closers();
  const services = await openServices({ start: startTrackingServer });
  opened.add(() => services.close());
  const { redis, searches, tracking } = services;
  const errors: Error[] = [];
  const events: WorkerEvent[] = [];
  return {
    home,
    services,
    client: tracking.client,
    errors,
    events,
    orchestrator: async (options) => {
      const orchestrator = await startOrchestrator({
        redis,
        tracking: tracking.client,
        trackingUri: tracking.uri,
        onError: (error) => errors.push(error),
        ...options,
      });
      opened.add(() => orchestrator.close());
      return orchestrator;
    },
    worker: async ({
      processor = PROCESSOR,
      entry = ENTRY,
      concurrency = 2,
      trackingUri = tracking.uri,
    } = {}) => {
      const worker = await startWorker({
        redis,
        trackingUri,
        concurrency,
        threads: 1,
        cacheDir,
        processor,
        entry,
        onEvent: (event) => events.push(event),
      });
      opened.add(() => worker.close(0));
    },
    submit: async (file, changes) =>
      submitSearch({ ...(await prepare(file)), ...changes }, { tracking: tracking.client, searches }),
    result: ({ searchId }) =>
      until(
        'the search has ended',
        async () => {
          const state = await searches.getJobState(searchId);
          if (state === 'failed') throw new Error('the search’s job broke');
          return state === 'completed' && searchResult.parse((await searches.getJob(searchId))?.returnvalue);
        },
        120_000,
      ),
    hold: () => {
      const file = join(cacheDir, 'hold');
      mkdirSync(cacheDir, { recursive: true });
      writeFileSync(file, '');
      return () => rmSync(file);
    },
    close: async () => {
      try {
        await opened.close();
        await expectNoneLeft(home);
      } finally {
        delete process.env.GRIDSEARCH_HOME;
        rmSync(home, { recursive: true, force: true });
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
