/**
 * Predictions with a registered model: once, or as a server that follows its alias. What it stands on is loaded when it is called:
 * a search needs none of it.
 */
import { loadEngine } from '../../learning/engine/index.js';
import type { Prediction } from '../../learning/package/index.js';
import type { ScoringServer } from '../../serving/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import { modelFolder } from './model-files.js';
import { findVersion } from './models.js';

/** Classifies texts with the version that a number or alias names. */
export async function predictTexts(
  client: TrackingClient,
  home: string,
  { name, which }: { name: string; which: string },
  texts: readonly string[],
): Promise<{ version: string; predictions: Prediction[] }> {
  const version = await findVersion(client, name, which);
  const folder = await modelFolder(client, home, version);
  const { loadPredictor } = await import('../../learning/package/index.js');
  const predictor = await loadPredictor(folder, await loadEngine());
  return { version: version.version, predictions: predictor.predict(texts) };
}

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Further names and addresses that the server may be called by. */
  readonly allowedHosts: readonly string[];
  /** Seconds between two looks at the alias. */
  readonly pollSeconds: number;
}

/** Answers MLflow's scoring protocol; a version that takes the alias takes over without a dropped request. */
export async function serveModel(
  client: TrackingClient,
  home: string,
  { name, which }: { name: string; which: string },
  options: ServeOptions,
): Promise<ScoringServer> {
  const { startScoringServer } = await import('../../serving/index.js');
  return startScoringServer({
    ...options,
    resolve: async () => {
      const version = await findVersion(client, name, which);
      return { version: version.version, dir: await modelFolder(client, home, version) };
    },
    engine: await loadEngine(),
  });
}
