/** `predict MODEL[@alias] TEXT…`: classifies texts with a registered model. */
import { modelReference, predictTexts } from '../app/index.js';
import { print, printJson } from './output.js';
import { table } from './render.js';
import { withTracking } from './with-services.js';

export function predictCommand(model: string, texts: string[], { json }: { json: boolean }): Promise<number> {
  const reference = modelReference(model);
  return withTracking(async ({ client }, home) => {
    const { version, predictions } = await predictTexts(client, home, reference, texts);
    if (json) {
      printJson({
        model: reference.name,
        version,
        predictions: predictions.map((prediction, i) => ({ text: texts[i], ...prediction })),
      });
      return;
    }
    print(
      table(
        ['label', 'probability', 'text'],
        predictions.map(({ label, probabilities }, i) => [label, probabilities[label]!.toFixed(4), texts[i]]),
      ),
    );
  });
}
