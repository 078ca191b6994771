/** `predict MODEL… TEXT…`: classifies texts with one registered model, or with several side by side. */
import { stringify } from 'csv-stringify/sync';
import { InputError, modelReference, modelsAndTexts, predictTexts, readTexts } from '../app/index.js';
import { terminalWidth } from './fit.js';
import { print, printDocument, say, write } from './output.js';
import { plain, table } from './render.js';
import { withTracking } from './with-services.js';

export interface PredictOptions {
  readonly file?: string;
  readonly column: string;
  readonly json: boolean;
  readonly csv: boolean;
}

/** What one model says of the texts. */
interface Answers extends Awaited<ReturnType<typeof predictTexts>> {
  readonly model: string;
}

export async function predictCommand(
  model: string,
  given: string[],
  { file, column, json, csv }: PredictOptions,
): Promise<number> {
  modelReference(model);
  if (json && csv) throw new InputError('--json and --csv exclude each other');
  return withTracking(async ({ client }, home) => {
    const { models, texts: written, doubtful } = await modelsAndTexts(client, model, given);
    const texts = await textsOf(written, file, column);
    if (doubtful !== undefined)
      say(`note: ${plain(doubtful)} is taken for a text: there is no model of that name`);
    const all: Answers[] = [];
    for (const one of models)
      all.push({ model: one.name, ...(await predictTexts(client, home, one, texts)) });
    for (const { model, version, predictions } of all) {
      const strange = predictions.flatMap(({ known }, i) => (known ? [] : [i + 1]));
      const who = all.length > 1 ? `${model}/${version}` : 'the model';
      if (strange.length > 0) say(strangeTexts(strange, texts.length, who));
    }
    sayOfClasses(all);
    if (csv) await write(csvOf(all, texts));
    else if (json) printAnswers(all, texts);
    else print(all.length === 1 ? oneTable(all[0]!, texts) : comparison(all, texts));
  });
}

async function textsOf(
  given: readonly string[],
  file: string | undefined,
  column: string,
): Promise<string[]> {
  const source = file ?? (given.length === 1 && given[0] === '-' ? '-' : undefined);
  if (source === undefined && given.length === 0) {
    throw new InputError('there is no text; give texts, --file with a file of them, or - for standard input');
  }
  if (file !== undefined && given.length > 0 && given[0] !== '-') {
    throw new InputError(`there are texts and --file ${file}; give one of the two`);
  }
  return source === undefined ? [...given] : readTexts(source, column);
}

function printAnswers(all: readonly Answers[], texts: readonly string[]): void {
  const [{ model, version, predictions }] = all as readonly [Answers];
  if (all.length === 1) {
    printDocument('predict', {
      model,
      version,
      predictions: predictions.map((prediction, i) => ({ text: texts[i]!, ...prediction })),
    });
    return;
  }
  printDocument('predict-several', {
    models: all.map(({ model, version }) => ({ model, version })),
    texts: texts.map((text, i) => ({
      text,
      agree: agree(all, i),
      predictions: all.map(({ predictions }) => predictions[i]!),
    })),
  });
}

/** Whether all models say the same of a text. */
const agree = (all: readonly Answers[], text: number): boolean =>
  new Set(all.map(({ predictions }) => predictions[text]!.label)).size === 1;

const nameOf = ({ model, version }: Answers): string => `${model}/${version}`;

const shown = ({ label, probabilities, known }: Answers['predictions'][number]): string =>
  `${probabilities[label]!.toFixed(4)}${known ? '' : ' ?'}`;

const oneTable = ({ predictions }: Answers, texts: readonly string[]): string =>
  table(
    ['label', 'probability', 'text'],
    predictions.map((prediction, i) => [prediction.label, shown(prediction), texts[i]]),
  );

/** Least of a text that is shown beside many models. */
const LEAST_TEXT = 12;

/** A row a text, a column a model; where they differ, the row is marked. */
function comparison(all: readonly Answers[], texts: readonly string[]): string {
  const cells = texts.map((_, i) => [
    agree(all, i) ? '' : '≠',
    ...all.map(({ predictions }) => `${predictions[i]!.label} ${shown(predictions[i]!)}`),
  ]);
  const heads = ['', ...all.map(nameOf)];
  const taken = heads.reduce(
    (sum, head, column) => sum + 2 + Math.max(head.length, ...cells.map((row) => row[column]!.length)),
    0,
  );
  const room = Math.max(LEAST_TEXT, (terminalWidth() ?? Number.POSITIVE_INFINITY) - taken);
  const differing = texts.filter((_, i) => !agree(all, i)).length;
  return [
    table(
      [...heads, 'text'],
      cells.map((row, i) => [...row, cut(texts[i]!, room)]),
    ),
    '',
    differing === 0
      ? `All ${all.length} agree on ${texts.length === 1 ? 'the text' : `all ${texts.length} texts`}.`
      : `They differ on ${differing} of ${texts.length} (≠).`,
  ].join('\n');
}

const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, room - 1)}…`;

/** A line a text; a spreadsheet takes no text for a formula. */
function csvOf(all: readonly Answers[], texts: readonly string[]): string {
  const several = all.length > 1;
  const head = all.flatMap((one) => {
    const prefix = several ? `${nameOf(one)} ` : '';
    return [
      `${prefix}label`,
      ...Object.keys(one.predictions[0]?.probabilities ?? {}).map((name) => `${prefix}probability_${name}`),
    ];
  });
  const rows = texts.map((text, i) => [
    text,
    ...all.flatMap(({ predictions }) => [
      predictions[i]!.label,
      ...Object.values(predictions[i]!.probabilities),
    ]),
    ...(several ? [String(agree(all, i))] : []),
  ]);
  return stringify([['text', ...head, ...(several ? ['agree'] : [])], ...rows], { escape_formulas: true });
}

/** Labels of other classes can't agree. */
function sayOfClasses(all: readonly Answers[]): void {
  const classesOf = ({ predictions }: Answers): string =>
    Object.keys(predictions[0]?.probabilities ?? {})
      .sort()
      .join(', ');
  const [first] = all as readonly [Answers];
  const other = all.find((one) => classesOf(one) !== classesOf(first));
  if (other !== undefined)
    say(
      plain(
        `warning: ${nameOf(first)} and ${nameOf(other)} have different classes (${classesOf(first)}; ${classesOf(other)})`,
      ),
    );
}

/** Numbers that a warning lists. */
const LISTED = 10;

function strangeTexts(numbers: readonly number[], of: number, who: string): string {
  const which = `${numbers.slice(0, LISTED).join(', ')}${numbers.length > LISTED ? ' …' : ''}`;
  return of === 1
    ? `warning: the text has no word that ${who} knows; its label says nothing`
    : `warning: ${numbers.length} of ${of} texts have no word that ${who} knows (${which}); their labels say nothing`;
}
