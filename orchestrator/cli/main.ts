#!/usr/bin/env node
/** The command line: one subcommand per file beside this one, loaded when called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EXIT } from './exit.js';
import { shortened } from './shortened.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    // An empty text is 0 to Number, and 1e3 is no number that people give a port.
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Milliseconds of a length of time, as MLflow's own `gc` reads it. */
function timeSpan(text: string): number {
  const found = /^(?:([\d.]+)d)?(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?$/.exec(text);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (found?.slice(1) ?? []).map((part) =>
    Number(part ?? 0),
  );
  const length = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (text === '' || found === null || !Number.isFinite(length)) {
    throw new InvalidArgumentError('Give days, hours, minutes and seconds, such as 30d, 1d12h or 90s.');
  }
  return length;
}

let exitCode: number = EXIT.done;
const does =
  <A extends unknown[]>(action: (...args: A) => Promise<number>) =>
  async (...args: A): Promise<void> => {
    exitCode = await action(...args);
  };

const program = new Command('gridsearch')
  .description('Hyper-parameter search for text classifiers: YAML in, registered winner out.')
  .version(version)
  .showHelpAfterError('(--help tells more)')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(shortened(text)) })
  // Beside a long name there is less room than commander takes for worth a line.
  .configureHelp({ minWidthToWrap: 20 })
  .addHelpText(
    'after',
    `
Example:
  $ npx gridsearch run search-spaces/quickstart.yaml

Environment:
  GRIDSEARCH_HOME       data directory of what is embedded (default .gridsearch)
  REDIS_URL             use this Redis instead of a private one
  MLFLOW_TRACKING_URI   use this MLflow server instead of the embedded one
  MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD
                        sent to the MLflow server; asked for by the embedded one
  GRIDSEARCH_ENGINE     tfjs-node or wasm, instead of the best that loads
  GRIDSEARCH_KERNEL     one compiled kernel, for a mixed fleet; off for none

Every command takes --json, for output that programs read.

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C.`,
  );

const json = ['--json', 'print one JSON document on standard output', false] as const;
const port = [
  '--port <number>',
  'port of the embedded tracking server, or beside another of the review page; 0 takes any free one',
  wholeNumber(0, 65535),
] as const;
const fresh = ['--fresh', 'train also what earlier searches have finished', false] as const;
const idempotencyKey = [
  '--idempotency-key <key>',
  'submitted twice under one key, it is one search',
  (text: string): string => {
    if (!/^[\x21-\x7e][\x20-\x7e]{0,199}$/.test(text))
      throw new InvalidArgumentError('Give 1 to 200 printable ASCII characters, the first no space.');
    return text;
  },
] as const;
const patience = new Option(
  '--patience <time>',
  'how long to wait out trouble of tracking, Redis or the disk, as in 90s, 30m or 2h',
)
  .argParser(timeSpan)
  .default(3_600_000, '1h');
const timing = ['--timing', 'say at the end what the time was spent on', false] as const;
const PRIORITY = '1 to 100: a search of 3 gets three folds for each of one of 1';
const allowedHost = [
  '--allowed-host <name...>',
  'further names and addresses that this machine may be called by',
] as const;
const example = (line: string): string => `\nExample:\n  $ npx gridsearch ${line}`;

program
  .command('run')
  .description('validate, train, refit and register, everything embedded')
  .argument('<file>', 'search space (YAML)')
  .option('-w, --workers <count>', 'training processes, or auto for one per core', 'auto')
  .option(...port, 0)
  .option('--open', 'open the review page in the browser; it stays after the end, until Ctrl-C', false)
  .addOption(patience)
  .option(...timing)
  .option(...fresh)
  .option(...idempotencyKey)
  .option(...json)
  .addHelpText('after', example('run search-spaces/sentiment-grid.yaml --workers 2'))
  .action(
    does(async (file: string, options) =>
      (await import('./ahead.js')).aheadOf(options, (ahead) =>
        import('./run.js').then(({ runCommand }) => runCommand(file, options, ahead)),
      ),
    ),
  );

program
  .command('plan')
  .description('tell what a search will take, from a few seconds of trying; nothing is queued')
  .argument('<file>', 'search space (YAML)')
  .option(
    '-w, --workers <count>',
    'training processes to reckon with; auto: those at the queue, or else as run has them',
    'auto',
  )
  .option(...json)
  .addHelpText('after', example('plan search-spaces/sentiment-grid.yaml'))
  .action(does(async (file: string, options) => (await import('./plan.js')).planCommand(file, options)));

program
  .command('resume')
  .description('go on with a search that was interrupted or paused')
  .argument('[search]', 'search id; the newest unfinished one when left out')
  .option('-w, --workers <count>', 'training processes, or auto for one per core', 'auto')
  .option(...port, 0)
  .option('--open', 'open the review page in the browser; it stays after the end, until Ctrl-C', false)
  .addOption(patience)
  .option(...timing)
  .option(...json)
  .addHelpText('after', example('resume'))
  .action(
    does(async (search: string | undefined, options) =>
      (await import('./ahead.js')).aheadOf(options, (ahead) =>
        import('./run.js').then(({ resumeCommand }) => resumeCommand(search, options, ahead)),
      ),
    ),
  );

program
  .command('submit')
  .description('validate and queue a search for running workers')
  .argument('<file>', 'search space (YAML)')
  .option('--priority <number>', PRIORITY, wholeNumber(1, 100), 1)
  .option(...fresh)
  .option(...idempotencyKey)
  .option(...json)
  .addHelpText(
    'after',
    `${example('submit search-spaces/compare-models.yaml')}\n  $ npx gridsearch submit reviews.yaml --idempotency-key nightly-2026-11-30`,
  )
  .action(does(async (file: string, options) => (await import('./submit.js')).submitCommand(file, options)));

program
  .command('extend')
  .description('queue a larger space, or more repeats; what a search has finished is not trained again')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .argument('<file>', 'search space (YAML): the same data, test_size, seed and objective')
  .option(...json)
  .addHelpText('after', example('extend sentiment-grid larger-grid.yaml'))
  .action(
    does(async (search: string, file: string, options) =>
      (await import('./extend.js')).extendCommand(search, file, options),
    ),
  );

program
  .command('retry')
  .description('queue a search’s own space again; only what failed, or was never tried, is trained')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .requiredOption('--failed', 'what failed: all that there is to retry')
  .option(...json)
  .addHelpText('after', example('retry --failed sentiment-grid'))
  .action(
    does(async (search: string, options) => (await import('./retry.js')).retryCommand(search, options)),
  );

program
  .command('worker')
  .description('join the queue and train folds until stopped')
  .option('-c, --concurrency <count>', 'folds at a time, or auto for one per core', 'auto')
  .option('--threads <count>', 'TensorFlow threads per training process', wholeNumber(1, 256), 1)
  .option(
    '--grace <seconds>',
    'on stop, time for folds at hand before they are handed back',
    wholeNumber(0, 86400),
    20,
  )
  .addOption(patience)
  .option(
    '--data-root <folder>',
    'data files in this folder need not be downloaded; they are held to their SHA-256',
  )
  .option('--json', 'print one JSON document per event on standard output', false)
  .addHelpText('after', example('worker --concurrency 4'))
  .action(does(async (options) => (await import('./worker.js')).workerCommand(options)));

const workers = program
  .command('workers')
  .description('list the workers that are there, and what each trains; ask one to leave')
  // Not an option of the group's own: it would take the flag away from the commands below.
  .addHelpText('after', `\nEach takes --json.\n${example('workers')}`);
workers
  .command('list', { isDefault: true })
  .description('list the workers that are there, and what each trains')
  .option(...json)
  .addHelpText('after', example('workers list'))
  .action(does(async (options) => (await import('./workers.js')).workersCommand(options)));
workers
  .command('drain')
  .description('have a worker end the folds at hand, take no more, and leave')
  .argument('<worker>', 'as listed, the beginning of it, or its process id')
  .option(...json)
  .addHelpText('after', example('workers drain trainer-2:4711'))
  .action(
    does(async (worker: string, options) => (await import('./workers.js')).drainCommand(worker, options)),
  );

program
  .command('up')
  .description('start Redis if needed, tracking, the review page and the orchestrator, and keep them running')
  .option('-w, --workers <count>', 'training processes in this process too, or auto', '0')
  .option('--host <address>', 'address of the embedded tracking server and the review page', '127.0.0.1')
  .option(...allowedHost)
  .option(port[0], `${port[1]} (5000 unless given; beside another 0)`, port[2])
  .addOption(patience)
  .option(...json)
  .addHelpText('after', example('up --workers auto'))
  .action(does(async (options) => (await import('./up.js')).upCommand(options)));

program
  .command('cancel')
  .description('give a search up: its jobs are dropped, its unfinished runs end as KILLED')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .option(...json)
  .addHelpText('after', example('cancel sentiment-grid'))
  .action(
    does(async (search: string, options) => (await import('./cancel.js')).cancelCommand(search, options)),
  );

program
  .command('stop')
  .description('end a search early: the best of its complete configurations is refit and registered')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .option(...json)
  .addHelpText('after', example('stop sentiment-grid'))
  .action(does(async (search: string, options) => (await import('./stop.js')).stopCommand(search, options)));

program
  .command('pause')
  .description('begin no further fold of a search until it is resumed; those at hand end and count')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .option(...json)
  .addHelpText('after', example('pause sentiment-grid'))
  .action(
    does(async (search: string, options) => (await import('./pause.js')).pauseCommand(search, options)),
  );

program
  .command('priority')
  .description('change how much a search gets of the workers that it shares with others')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .argument('<number>', PRIORITY, wholeNumber(1, 100))
  .option(...json)
  .addHelpText('after', example('priority sentiment-grid 3'))
  .action(
    does(async (search: string, number: number, options) =>
      (await import('./priority.js')).priorityCommand(search, number, options),
    ),
  );

program
  .command('watch')
  .description('follow a search as `run` shows it, until it ends; Ctrl-C leaves it running')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .option('--json', 'print one JSON document per change on standard output', false)
  .addHelpText('after', example('watch sentiment-grid'))
  .action(
    does(async (search: string, options) =>
      (await import('./watch-command.js')).watchCommand(search, options),
    ),
  );

program
  .command('status')
  .description('list searches, or tell how far one is')
  .argument('[search]', 'search id')
  .option(...json)
  .addHelpText('after', example('status'))
  .action(
    does(async (search: string | undefined, options) =>
      (await import('./status.js')).statusCommand(search, options),
    ),
  );

program
  .command('show')
  .description('show a search: what won and whether to believe it, ranked children, folds; or one of these')
  .argument('<search>', 'search id, the beginning of one, its name, or the id of a run')
  .argument('[run]', 'a child such as lstm-3, a fold such as lstm-3-fold-0, or the id of its run')
  .option('--top <count>', 'children to list (20; all with --json)', wholeNumber(1, 100000))
  .option('--folds <count>', 'children whose folds to list (3; all with --json)', wholeNumber(0, 100000))
  .option('--wide', 'all columns and run ids, wider than the terminal', false)
  .option(...json)
  .addHelpText('after', example('show sentiment-grid'))
  .action(
    does(async (search: string, run: string | undefined, options) =>
      (await import('./show.js')).showCommand(search, run, options),
    ),
  );

program
  .command('review')
  .description('open the review page on the searches that are there, with nothing else running')
  .argument('[search]', 'search id, the beginning of one, its name, or a parent run id')
  .option(...port, 0)
  .option(...json)
  .addHelpText('after', example('review sentiment-grid'))
  .action(
    does(async (search: string | undefined, options) =>
      (await import('./review.js')).reviewCommand(search, options),
    ),
  );

program
  .command('report')
  .description('write a search as one HTML file that needs no server, on standard output')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .option(...json)
  .addHelpText('after', example('report sentiment-grid > sentiment-grid.html'))
  .action(
    does(async (search: string, options) => (await import('./report.js')).reportCommand(search, options)),
  );

program
  .command('export')
  .description('copy a search with all its runs and its version to another MLflow server')
  .argument('<search>', 'search id, the beginning of one, its name, or a parent run id')
  .requiredOption('--to <url>', 'address of the server; name and password may stand in it')
  .option(...json)
  .addHelpText('after', example('export sentiment-grid --to http://mlflow.example:5000'))
  .action(
    does(async (search: string, options) => (await import('./export.js')).exportCommand(search, options)),
  );

const models = program
  .command('models')
  .description('list registered models; compare, promote and roll back versions')
  // Not an option of the group's own: it would take the flag away from the commands below.
  .addHelpText('after', `\nEach takes --json.\n${example('models promote sentiment challenger')}`);
models
  .command('list', { isDefault: true })
  .description('list models, or the versions of one')
  .argument('[name]', 'registered model')
  .allowExcessArguments()
  .option(...json)
  .addHelpText('after', example('models sentiment'))
  .action(
    does(async (name: string | undefined, options, command: Command) =>
      (await import('./models.js')).listModelsCommand(name, options, command),
    ),
  );
models
  .command('compare')
  .description('set two versions side by side, of one model or of two')
  .argument('<name>', 'registered model; or the first version, as NAME/version or NAME@alias')
  .argument('<first>', 'version number or alias; or the second version, as NAME/version or NAME@alias')
  .argument('[second]', 'version number or alias')
  .option(...json)
  .addHelpText(
    'after',
    `${example('models compare sentiment champion challenger')}\n  $ npx gridsearch models compare sentiment/1 reviews@champion`,
  )
  .action(
    does(async (name: string, first: string, second: string | undefined, options) =>
      (await import('./models.js')).compareModelsCommand(
        [name, first, ...(second === undefined ? [] : [second])],
        options,
      ),
    ),
  );
models
  .command('promote')
  .description('make a version the champion')
  .argument('<name>', 'registered model')
  .argument('<version>', 'version number or alias')
  .option(...json)
  .addHelpText('after', example('models promote sentiment challenger'))
  .action(
    does(async (name: string, which: string, options) =>
      (await import('./models.js')).promoteCommand(name, which, options),
    ),
  );
models
  .command('rollback')
  .description('give the champion alias back to the version that had it before')
  .argument('<name>', 'registered model')
  .option(...json)
  .addHelpText('after', example('models rollback sentiment'))
  .action(
    does(async (name: string, options) => (await import('./models.js')).rollBackCommand(name, options)),
  );

program
  .command('predict')
  .description('classify texts with a registered model, or with several side by side')
  .argument('<model>', 'NAME, NAME@alias or NAME/version; NAME alone means its champion')
  .argument(
    '[model-or-text...]',
    'further models, as NAME@alias or NAME/version, then texts; - reads one text a line from standard input',
  )
  .option('--file <path>', 'texts from a file: .txt with one a line, .csv, .tsv or .jsonl')
  .option('--column <name>', 'column of the texts in the file', 'text')
  .addOption(
    new Option('--csv', 'print CSV on standard output: a row for each text').default(false).conflicts('json'),
  )
  .option(...json)
  .addHelpText(
    'after',
    `
Examples:
  $ npx gridsearch predict sentiment@champion "worth every penny" "never again"
  $ npx gridsearch predict sentiment@champion sentiment/3 reviews/1 "Never."
  $ npx gridsearch predict sentiment reviews -- "reviews/1 is a text here"

An argument names a further model when a registered model has its name; the
first that does not begins the texts. With --, --file or a last - all that
stands before is models, NAME alone too, and what follows -- is texts. Where
models disagree, the line begins with ≠.`,
  )
  .action(
    does(async (model: string, further: string[], options) => {
      const end = process.argv.indexOf('--');
      const literal = end === -1 ? undefined : process.argv.length - end - 1;
      return (await import('./predict.js')).predictCommand([model, ...further], literal, options);
    }),
  );

program
  .command('serve')
  .description('answer MLflow’s scoring protocol over HTTP, following the alias')
  .argument('<model>', 'NAME, NAME@alias or NAME/version; NAME alone means its champion')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option(...allowedHost)
  .option('--port <number>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65535), 5001)
  .option('--poll <seconds>', 'how often to look where the alias points', wholeNumber(1, 3600), 2)
  .option(...json)
  .addHelpText('after', example('serve sentiment@champion --port 5001'))
  .action(does(async (model: string, options) => (await import('./serve.js')).serveCommand(model, options)));

program
  .command('gc')
  .description('remove for good what was deleted, and cached files that nothing uses')
  .option('--older-than <age>', 'only what was deleted, or cached, longer ago: 30d, 1d12h, 90m', timeSpan)
  .option('--dry-run', 'tell what would go, and remove nothing', false)
  .option(...json)
  .addHelpText('after', example('gc --older-than 30d --dry-run'))
  .action(does(async (options) => (await import('./gc.js')).gcCommand(options)));

// A reader that has seen enough, such as `head`, is no failure of ours, and no reason to leave a search half-way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  const { printError, report } = await import('./errors.js');
  if (!(error instanceof CommanderError)) exitCode = report(error);
  else if (error.exitCode !== 0) {
    exitCode = EXIT.badInput;
    printError(error.message.replace(/^error: /, ''), EXIT.badInput);
  }
}
process.exitCode = exitCode;
