/** The model being served: follows what it is resolved to, and is swapped between two batches. */

import type { Engine } from '../learning/engine/index.js';
import { loadPredictor, type Prediction } from '../learning/package/index.js';

/** A version of the model and the folder that its package is in on this machine. */
export interface ResolvedModel {
  readonly version: string;
  readonly dir: string;
}

/** A version held for one batch: it stays loaded until released, even if another has taken its place. */
export interface HeldModel {
  readonly version: string;
  readonly classes: readonly string[];
  predict(texts: readonly string[]): Prediction[];
  release(): void;
}

export interface ServedModel {
  /** The version that is served right now. */
  readonly version: string;
  hold(): HeldModel;
  close(): Promise<void>;
}

interface Loaded extends ResolvedModel {
  readonly predictor: Awaited<ReturnType<typeof loadPredictor>>;
  holders: number;
  retired: boolean;
}

export interface FollowOptions {
  readonly resolve: () => Promise<ResolvedModel>;
  readonly pollSeconds: number;
  readonly engine?: Engine;
  /** Is told about swaps and about failures to follow, one line each. */
  readonly log: (line: string) => void;
}

/**
 * Loads the model and then looks every `pollSeconds` whether it resolves to another version. A version that can't be
 * found or loaded is reported once and tried again; meanwhile the last good one serves.
 *
 * @throws what `resolve` or loading throws the first time
 */
export async function followModel({
  resolve,
  pollSeconds,
  engine,
  log,
}: FollowOptions): Promise<ServedModel> {
  const load = async (model: ResolvedModel): Promise<Loaded> => ({
    ...model,
    predictor: await loadPredictor(model.dir, engine),
    holders: 0,
    retired: false,
  });
  let current = await load(await resolve());
  let complaint: string | undefined;
  let closed = false;

  const disposeIfUnused = (model: Loaded) => {
    if (model.retired && model.holders === 0) model.predictor.dispose();
  };
  const retire = (model: Loaded) => {
    model.retired = true;
    disposeIfUnused(model);
  };

  const look = async () => {
    try {
      const found = await resolve();
      if (!closed && (found.version !== current.version || found.dir !== current.dir)) {
        const next = await load(found);
        const previous = current;
        current = next;
        retire(previous);
        log(`serving version ${next.version} in place of version ${previous.version}`);
      }
      complaint = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== complaint) log(`still serving version ${current.version}: ${message}`);
      complaint = message;
    }
  };

  let wake = () => {};
  const following = (async () => {
    while (!closed) {
      await new Promise<void>((resolvePause) => {
        const timer = setTimeout(resolvePause, pollSeconds * 1000);
        wake = () => {
          clearTimeout(timer);
          resolvePause();
        };
      });
      if (!closed) await look();
    }
  })();

  return {
    get version() {
      return current.version;
    },
    hold() {
      const model = current;
      model.holders++;
      return {
        version: model.version,
        classes: model.predictor.classes,
        predict: (texts) => model.predictor.predict(texts),
        release() {
          model.holders--;
          disposeIfUnused(model);
        },
      };
    },
    async close() {
      closed = true;
      wake();
      await following;
      retire(current);
    },
  };
}
