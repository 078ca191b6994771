/** Predictions of one model or of several, as people, programs and spreadsheets read them. */
import { stringify } from 'csv-stringify/sync';
import { listed, type SaidBy, sameClasses } from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { counted, plain, table } from './render.js';
import { cutText, tableWithTexts } from './text-column.js';

type Texts = readonly string[];
type Predicted = SaidBy['predictions'][number];

const nameOf = ({ name, version }: SaidBy): string => `${name}/${version}`;
const agreeOn = (said: readonly SaidBy[], row: number): boolean =>
  said.every(({ predictions }) => predictions[row]!.label === said[0]!.predictions[row]!.label);
const sureness = ({ label, probabilities, known }: Predicted): string =>
  `${probabilities[label]!.toFixed(4)}${known ? '' : ' ?'}`;
const inWords = (prediction: Predicted): string => `${prediction.label} ${sureness(prediction)}`;

/** What one model says. */
export const oneModelTable = (texts: Texts, { predictions }: SaidBy): string =>
  table(
    ['label', 'probability', 'text'],
    predictions.map((prediction, i) => [prediction.label, sureness(prediction), texts[i]]),
  );

/**
 * What several models say: a column each and `≠` where they disagree; where that is wider than the terminal, a line each beneath
 * the text.
 */
export function sideBySide(texts: Texts, said: readonly SaidBy[], width: number | undefined): string {
  const marks = texts.map((_, row) => (agreeOn(said, row) ? '' : '≠'));
  const differing = marks.filter((mark) => mark !== '').length;
  const rows = tableWithTexts(
    [
      { head: '', cells: marks },
      ...said.map((one) => ({ head: nameOf(one), cells: one.predictions.map(inWords) })),
    ],
    texts,
    width,
  );
  const longest = Math.max(...said.map((one) => nameOf(one).length));
  const blocks = (): string =>
    texts
      .map((text, row) =>
        [
          `${marks[row] || ' '} ${plain(cutText(text, Math.max(20, width! - 2)))}`,
          ...said.map((one) =>
            plain(`    ${nameOf(one).padEnd(longest)}  ${inWords(one.predictions[row]!)}`),
          ),
        ].join('\n'),
      )
      .join('\n');
  const summary =
    differing === 0
      ? `All ${said.length} agree on ${texts.length === 1 ? 'the text' : `all ${texts.length} texts`}.`
      : `They differ on ${differing} of ${counted(texts.length, 'text')} (≠).`;
  return [rows ?? blocks(), summary].join('\n');
}

/** What to say beside predictions: texts that a model knows nothing of, classes that are not the same. */
export function predictionWarnings(texts: Texts, said: readonly SaidBy[]): string[] {
  const warnings = said.flatMap((one) => {
    const strange = one.predictions.flatMap(({ known }, i) => (known ? [] : [i + 1]));
    const who = said.length === 1 ? 'the model' : nameOf(one);
    return strange.length === 0 ? [] : [strangeTexts(strange, texts.length, who)];
  });
  if (!sameClasses(said)) {
    const each = said.map((one) => `${nameOf(one)} ${listed(one.classes)}`).join('; ');
    warnings.push(
      `warning: the models don’t have the same classes (${each}): one can’t say what only another knows, and probabilities are shared among different classes`,
    );
  }
  return warnings.map(plain);
}

/** Numbers that a warning lists. */
const LISTED = 10;

function strangeTexts(numbers: readonly number[], of: number, who: string): string {
  const which = `${numbers.slice(0, LISTED).join(', ')}${numbers.length > LISTED ? ' …' : ''}`;
  return of === 1
    ? `warning: the text has no word that ${who} knows; its label says nothing`
    : `warning: ${numbers.length} of ${of} texts have no word that ${who} knows (${which}); their labels say nothing`;
}

/** One model's predictions for programs. */
export const oneModelDocument = (
  texts: Texts,
  { name, version, predictions }: SaidBy,
): DocumentOf<'predict'> => ({
  model: name,
  version,
  predictions: predictions.map((prediction, i) => ({ text: texts[i]!, ...prediction })),
});

/** Those of several. */
export const sideBySideDocument = (texts: Texts, said: readonly SaidBy[]): DocumentOf<'predict-several'> => ({
  models: said.map(({ name, version, classes }) => ({ model: name, version, classes: [...classes] })),
  sameClasses: sameClasses(said),
  disagreements: texts.filter((_, row) => !agreeOn(said, row)).length,
  texts: texts.map((text, row) => ({
    text,
    agree: agreeOn(said, row),
    predictions: said.map(({ predictions }) => predictions[row]!),
  })),
});

/**
 * A row for each text: label and probabilities of each model, and whether they agree. What a spreadsheet would take for a formula
 * gets a leading apostrophe.
 */
export function predictionsCsv(texts: Texts, said: readonly SaidBy[]): string {
  const several = said.length > 1;
  const head = said.flatMap((one) => {
    const prefix = several ? `${nameOf(one)} ` : '';
    return [`${prefix}label`, ...one.classes.map((label) => `${prefix}probability_${label}`)];
  });
  const rows = texts.map((text, row) => [
    text,
    ...said.flatMap(({ classes, predictions }) => {
      const { label, probabilities } = predictions[row]!;
      return [label, ...classes.map((one) => probabilities[one]!)];
    }),
    ...(several ? [agreeOn(said, row)] : []),
  ]);
  return stringify([['text', ...head, ...(several ? ['agree'] : [])], ...rows], {
    escape_formulas: true,
    cast: { boolean: String },
  });
}
