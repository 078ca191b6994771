/** `predict MODEL[@alias] TEXT…`: classifies texts with a registered model. */
import { loadEngine } from '../../learning/engine/index.js';
import { loadPredictor } from '../../learning/package/index.js';
import { homeDir } from '../app/home.js';
import { modelFolder } from '../app/model-files.js';
import { openTracking } from '../app/services.js';
import { EXIT } from './errors.js';
import { findVersion, modelReference } from './models.js';
import { table } from './render.js';

export async function predict(model: string, texts: string[], { json }: { json: boolean }): Promise<number> {
  const { name, which } = modelReference(model);
  const home = homeDir();
  const tracking = await openTracking(home);
  try {
    const version = await findVersion(tracking.client, name, which);
    const folder = await modelFolder(tracking.client, home, version);
    const predictor = await loadPredictor(folder, await loadEngine());
    const predictions = predictor.predict(texts);
    process.stdout.write(
      json
        ? `${JSON.stringify(
            {
              model: name,
              version: version.version,
              predictions: predictions.map((prediction, i) => ({ text: texts[i], ...prediction })),
            },
            null,
            2,
          )}\n`
        : `${table(
            ['label', 'probability', 'text'],
            predictions.map(({ label, probabilities }, i) => [
              label,
              probabilities[label]!.toFixed(4),
              texts[i],
            ]),
          )}\n`,
    );
    return EXIT.done;
  } finally {
    await tracking.close();
  }
}
