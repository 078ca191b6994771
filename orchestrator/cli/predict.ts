/** `predict MODEL[@alias] TEXT…`: classifies texts with a registered model. */
import { InputError, modelReference, predictTexts, readTexts } from '../app/index.js';
import { print, printDocument, say } from './output.js';
import { table } from './render.js';
import { withTracking } from './with-services.js';

export interface PredictOptions {
  readonly file?: string;
  readonly column: string;
  readonly json: boolean;
}

export async function predictCommand(
  model: string,
  given: string[],
  { file = given.length === 1 && given[0] === '-' ? '-' : undefined, column, json }: PredictOptions,
): Promise<number> {
  const reference = modelReference(model);
  if (file === undefined && given.length === 0) {
    throw new InputError('there is no text; give texts, --file with a file of them, or - for standard input');
  }
  if (file !== undefined && given.length > 0 && given[0] !== '-') {
    throw new InputError(`there are texts and --file ${file}; give one of the two`);
  }
  const texts = file === undefined ? given : await readTexts(file, column);
  return withTracking(async ({ client }, home) => {
    const { version, predictions } = await predictTexts(client, home, reference, texts);
    const strange = predictions.flatMap(({ known }, i) => (known ? [] : [i + 1]));
    if (strange.length > 0) say(strangeTexts(strange, texts.length));
    if (json) {
      printDocument('predict', {
        model: reference.name,
        version,
        predictions: predictions.map((prediction, i) => ({ text: texts[i]!, ...prediction })),
      });
      return;
    }
    print(
      table(
        ['label', 'probability', 'text'],
        predictions.map(({ label, probabilities, known }, i) => [
          label,
          `${probabilities[label]!.toFixed(4)}${known ? '' : ' ?'}`,
          texts[i],
        ]),
      ),
    );
  });
}

/** Numbers that a warning lists. */
const LISTED = 10;

function strangeTexts(numbers: readonly number[], of: number): string {
  const which = `${numbers.slice(0, LISTED).join(', ')}${numbers.length > LISTED ? ' …' : ''}`;
  return of === 1
    ? 'warning: the text has no word that the model knows; its label says nothing'
    : `warning: ${numbers.length} of ${of} texts have no word that the model knows (${which}); their labels say nothing`;
}
