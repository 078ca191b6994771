/**
 * Predictions with a registered model: once, or as a server that follows its alias. What it stands on is loaded when it is called:
 * a search needs none of it.
 */
import { z } from 'zod';
import { loadEngine } from '../../learning/engine/index.js';
import type { Prediction } from '../../learning/package/index.js';
import type { ScoringServer } from '../../serving/index.js';
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';
import { listenTrouble } from './addresses.js';
import { modelFolder } from './model-files.js';
import { findVersion } from './models.js';

/** Classifies texts with the version that a number or alias names; `known` tells whether it knows any word of the text. */
export async function predictTexts(
  client: TrackingClient,
  home: string,
  { name, which }: { name: string; which: string },
  texts: readonly string[],
): Promise<{ version: string; predictions: (Prediction & { known: boolean })[] }> {
  const version = await findVersion(client, name, which);
  const { predictions } = await predictWith(client, home, version, texts);
  return { version: version.version, predictions };
}

/**
 * Classifies texts with a version.
 *
 * @param check - Throws when its classes won't do, before any text is read.
 */
export async function predictWith(
  client: TrackingClient,
  home: string,
  version: ModelVersion,
  texts: readonly string[],
  check?: (classes: readonly string[]) => void,
): Promise<{ classes: readonly string[]; predictions: (Prediction & { known: boolean })[] }> {
  const folder = await modelFolder(client, home, version);
  const { loadPredictor } = await import('../../learning/package/index.js');
  const predictor = await loadPredictor(folder, await loadEngine());
  try {
    check?.(predictor.classes);
    const known = predictor.knows(texts);
    const predictions = predictor
      .predict(texts)
      .map((prediction, i) => ({ ...prediction, known: known[i]! }));
    return { classes: predictor.classes, predictions };
  } finally {
    predictor.dispose();
  }
}

/** What is read of a package's input example. */
const inputExample = z.object({ data: z.array(z.tuple([z.string()])).min(1) });

/** A text of the rows that the model was tested on; undefined when its package has none. */
export async function exampleText(client: TrackingClient, runId: string): Promise<string | undefined> {
  try {
    const file = await client.downloadArtifact(await client.getRun(runId), 'model/input_example.json');
    const texts = inputExample.parse(JSON.parse(file.toString('utf8'))).data.map(([text]) => text);
    return texts.reduce((shortest, text) => (text.length < shortest.length ? text : shortest));
  } catch {
    // It is for a hint, no more.
    return undefined;
  }
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
  const starting = startScoringServer({
    ...options,
    resolve: async () => {
      const version = await findVersion(client, name, which);
      return { version: version.version, dir: await modelFolder(client, home, version) };
    },
    engine: await loadEngine(),
  });
  return starting.catch((error: unknown) => {
    throw listenTrouble(error, options.host, options.port);
  });
}
