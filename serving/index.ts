/** Serves a packaged model over HTTP as MLflow's scoring server does, and follows its alias. */
import { type Listening, listen } from '../http/index.js';
import type { Engine } from '../learning/engine/index.js';
import { scoringApp } from './app.js';
import { createBatcher } from './batcher.js';
import { followModel, type ResolvedModel } from './served-model.js';

export type { ResolvedModel } from './served-model.js';

export interface ScoringServerOptions {
  /** @defaultValue `127.0.0.1` */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Where the model is now: called at the start and then every `pollSeconds`. */
  readonly resolve: () => Promise<ResolvedModel>;
  /** @defaultValue 5 */
  readonly pollSeconds?: number;
  /** @defaultValue the engine of this process */
  readonly engine?: Engine;
  /** Rows predicted in one pass. @defaultValue 256 */
  readonly maxBatch?: number;
  /** How long a request under load waits for company, in milliseconds. @defaultValue 2 */
  readonly maxWaitMs?: number;
  /** @defaultValue 16 MiB */
  readonly maxBodyBytes?: number;
  /** Names, beside loopback, this machine's addresses and `host`, that the server may be called by. @defaultValue none */
  readonly allowedHosts?: readonly string[];
  /** Is told about swaps and failures, one line each. @defaultValue standard error */
  readonly log?: (line: string) => void;
}

export interface ScoringServer {
  readonly uri: string;
  /** The version of the model that is served right now. */
  readonly version: string;
  /** Answers the requests at hand, then stops. */
  close(): Promise<void>;
}

/** A client that sends its request more slowly than this is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_WAITING_ROWS = 20_000;

/**
 * Loads the model and serves it. When `resolve` gives another version, that one is loaded beside the present one and
 * takes over between two batches: no request is dropped, none is answered by two versions.
 *
 * @throws when the model can't be found or loaded, or the port is taken
 */
export async function startScoringServer(options: ScoringServerOptions): Promise<ScoringServer> {
  const { host = '127.0.0.1', port, resolve, pollSeconds = 5, engine } = options;
  const log = options.log ?? ((line) => process.stderr.write(`${line}\n`));
  const model = await followModel({ resolve, pollSeconds, engine, log });
  const app = scoringApp({
    predict: createBatcher({
      hold: () => model.hold(),
      maxBatch: options.maxBatch ?? 256,
      maxWaitMs: options.maxWaitMs ?? 2,
      maxWaitingRows: MAX_WAITING_ROWS,
    }),
    maxBodyBytes: options.maxBodyBytes ?? 16 * 2 ** 20,
    allowedHosts: [...(options.allowedHosts ?? []), host],
    log,
  });
  let server: Listening;
  try {
    server = await listen(app, { host, port, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  } catch (error) {
    await model.close();
    throw error;
  }
  return {
    uri: server.uri,
    get version() {
      return model.version;
    },
    async close() {
      await server.close();
      await model.close();
    },
  };
}
