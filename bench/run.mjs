/**
 * Runs one benchmark and prints its tables, or with --json its figures:
 *
 *     npm run bench -- NAME [options]
 *
 * A benchmark is one entry of the table below and a module whose default export takes the options, and `settle` to await
 * before each measurement, and returns `{ figures, tables: [{ title, head, rows }], notes, missed }`: figures for programs,
 * tables and notes for people, and the limits that were missed, if any: the process then exits with 1.
 */
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { buildStep } from '../setup/build.mjs';
import { machineFacts, machineLine, quietStart } from './machine.mjs';
import { say } from './progress.mjs';
import { table } from './table.mjs';

const number = (name, preset, what) => new Option(`--${name} <n>`, what).argParser(count).default(preset);
const peers = (preset, more = []) =>
  new Option('--peers <names>', `of ${[...preset, ...more].join(', ')}`)
    .argParser(namesOf([...preset, ...more]))
    .default(preset, preset.join(','));

const BENCHMARKS = {
  grid: {
    file: 'grid/grid.mjs',
    purpose: 'sentiment-grid.yaml end to end beside PyTorch and Keras under joblib and Ray Tune, 3 min',
    options: [
      number('repeat', 1, 'runs of each; medians are told'),
      peers(['torch', 'keras', 'ray'], ['torch-packed', 'keras-loop']),
    ],
  },
  fold: {
    file: 'fold/fold.mjs',
    purpose: 'one fold, and prediction, beside PyTorch, Keras and stock TensorFlow.js, 17 min',
    options: [
      number(
        'repeat',
        8,
        'seeds of a fold of the sentences; median epochs, least folds and mean F1 are told',
      ),
      peers(['torch', 'keras', 'stock']),
      new Option('--quick', 'one case of each, 1 min'),
    ],
  },
  encoder: {
    file: 'encoder/encoder.mjs',
    purpose: 'MiniLM-L6 embedding and fine-tuning beside PyTorch, 6 min; limit 0.8 of its time',
    options: [
      number('repeat', 1, 'turns of each; medians are told'),
      number('rows', 3000, 'sentences; at most 2,000 of them are fine-tuned on'),
    ],
  },
  workers: {
    file: 'workers/workers.mjs',
    purpose: 'the grid on training processes × TensorFlow threads, and 64 sleeping ones, 4 min',
    options: [number('repeat', 2, 'searches of each; medians are told')],
  },
  noop: {
    file: 'noop/noop.mjs',
    purpose: 'a fold that trains nothing beside Optuna, Ray Tune and a real MLflow server, 1 min; limit 5 ms',
    options: [
      number('repeat', 1, 'runs of each; medians are told'),
      number('configurations', 400, 'of our search, three folds each'),
    ],
  },
  scale: {
    file: 'scale/scale.mjs',
    purpose: 'TPE over 10,000 trials, ten searches at once, a million configurations, 10 min; limit 1 s',
    options: [
      number('trials', 10_000, 'of the TPE search, two folds each'),
      number('searches', 10, 'at once'),
      number('folds', 300, 'of each of them'),
    ],
  },
  pruning: {
    file: 'pruning/pruning.mjs',
    purpose:
      'fold rules on tables, and TPE with them beside Optuna’s WilcoxonPruner, 6 min; limits 50 %, 35 %, 0.1',
    options: [number('repeat', 40, 'seeds of the rules; with TPE a quarter of them')],
  },
  tpe: {
    file: 'tpe/tpe.mjs',
    purpose: 'the TPE strategy on tables beside Optuna’s, 3 min; limit: not certainly worse',
    options: [number('repeat', 40, 'seeds'), number('trials', 50, 'of each search')],
  },
  'tracking-search': {
    file: 'tracking/search.mjs',
    purpose: 'first pages of runs/search over many runs, 1 min; limit 50 ms',
    options: [
      number('repeat', 15, 'times that each search is asked; medians are told'),
      number('runs', 100_000, 'stored runs'),
    ],
  },
  page: {
    file: 'page/page.mjs',
    purpose: 'the review page with 5,000 configurations, beside MLflow’s pages, 2 min; limits 2 s, 100 ms',
    options: [
      number('repeat', 5, 'times that each page is opened; medians are told'),
      number('children', 5000, 'configurations'),
      number('folds', 5, 'of each'),
    ],
  },
  'tracking-run': {
    file: 'tracking/noop-run.mjs',
    purpose: 'one run of no training on the embedded server beside a real MLflow server, 1 min',
    options: [number('runs', 400, 'runs on ours; an eighth of them on MLflow')],
  },
};

const program = new Command('npm run bench --')
  .usage('NAME [options]')
  .description('Each benchmark measures its peers and ours in turn in one run and tells ratios.')
  .helpCommand(false)
  .showHelpAfterError()
  .exitOverride();
for (const [name, { purpose, options, file }] of Object.entries(BENCHMARKS)) {
  const command = program
    .command(name)
    .description(purpose)
    .allowExcessArguments(false)
    .showHelpAfterError('(--help tells more)');
  for (const option of options) command.addOption(option);
  command
    .option('--wait <minutes>', 'how long each measurement may wait for cores that others leave idle', count)
    .option('--json', 'print the figures as one JSON document')
    .action((given) => benchmark(name, file, given));
}
program.allowExcessArguments().action((_, command) => {
  const [name] = command.args;
  if (name === undefined) command.outputHelp();
  else command.error(`error: there is no benchmark '${name}'`);
});

async function benchmark(name, file, { json, wait = 0, ...options }) {
  const machine = machineFacts();
  await buildStep({ say });
  const { default: measure } = await import(join(import.meta.dirname, file));
  const { settle, starts } = quietStart(wait);
  const { figures, tables, notes = [], missed = [] } = await measure({ ...options, settle });
  if (json) {
    const document = { benchmark: name, machine: { ...machine, ...starts }, ...figures, missed };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const parts = [
      machineLine(machine),
      ...tables.map(({ title, head, rows }) => `${title}\n\n${table(head, rows)}`),
      ...notes,
    ];
    if (starts.disturbed > 0) {
      parts.push(`${starts.disturbed} of ${starts.started} measurements started on busy cores.`);
    }
    process.stdout.write(`${parts.join('\n\n')}\n`);
  }
  for (const limit of missed) say(`missed: ${limit}`);
  if (missed.length > 0) process.exitCode = 1;
}

function count(text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

function namesOf(choices) {
  return (text) => {
    const names = text.split(',').map((name) => name.trim());
    const strange = names.find((name) => !choices.includes(name));
    if (strange !== undefined)
      throw new InvalidArgumentError(`'${strange}' is none of ${choices.join(', ')}.`);
    return names;
  };
}

try {
  await program.parseAsync();
} catch (error) {
  if (error.code?.startsWith('commander.')) {
    // Commander has said it already.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    say(error.exitCode ? error.message : error.stack);
    // At once, for peers may still wait for requests: they end with their standard input.
    process.exit(error.exitCode ?? 1);
  }
}
