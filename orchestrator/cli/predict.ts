/** `predict MODEL [MODEL@alias …] TEXT…`: classifies texts with a registered model, or with several side by side. */
import { InputError, modelReference, predictWithEach, readTexts } from '../app/index.js';
import { terminalWidth } from './fit.js';
import { modelsAndTexts } from './models-and-texts.js';
import { print, printDocument, say, write } from './output.js';
import {
  oneModelDocument,
  oneModelTable,
  predictionsCsv,
  predictionWarnings,
  sideBySide,
  sideBySideDocument,
} from './predictions.js';
import { plain } from './render.js';
import { withTracking } from './with-services.js';

export interface PredictOptions {
  readonly file?: string;
  readonly column: string;
  readonly json: boolean;
  readonly csv: boolean;
}

/**
 * @param args - Models and texts, without `--`.
 * @param literal - How many of them stood behind `--`; undefined without one.
 */
export async function predictCommand(
  args: readonly string[],
  literal: number | undefined,
  { file, column, json, csv }: PredictOptions,
): Promise<number> {
  // What needs no registry is refused before one is opened.
  modelReference(args[0]!);
  if (args.length === 1 && file === undefined) {
    throw new InputError('there is no text; give texts, --file with a file of them, or - for standard input');
  }
  return withTracking(async ({ client }, home) => {
    const registered =
      args.length === 1 ? [] : (await client.searchRegisteredModels()).map(({ name }) => name);
    const { models, texts: given, notes } = modelsAndTexts({ args, literal, file }, registered);
    for (const note of notes) say(plain(`note: ${note}`));
    const texts = 'file' in given ? await readTexts(given.file, column) : given;
    const said = await predictWithEach(client, home, models, texts);
    for (const warning of predictionWarnings(texts, said)) say(warning);
    const [first, ...others] = said;
    if (csv) await write(predictionsCsv(texts, said));
    else if (json && others.length > 0) printDocument('predict-several', sideBySideDocument(texts, said));
    else if (json) printDocument('predict', oneModelDocument(texts, first!));
    else if (others.length > 0) print(sideBySide(texts, said, terminalWidth()));
    else print(oneModelTable(texts, first!));
  });
}
