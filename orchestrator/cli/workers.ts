/** `workers`: who is there and what each is at; `workers drain`: asks one to leave. */
import { drainWorker, listWorkers, type PresentWorker } from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { EXIT } from './exit.js';
import { print, printDocument } from './output.js';
import { counted, duration, plain, table } from './render.js';

export async function workersCommand({ json }: { json: boolean }): Promise<number> {
  const workers = await listWorkers();
  if (json) printDocument('workers', workers.map(documentOf));
  else if (workers.length === 0) print('No workers: npx gridsearch worker starts one.');
  else print(...workersText(workers));
  return EXIT.done;
}

export async function drainCommand(asked: string, { json }: { json: boolean }): Promise<number> {
  const { name, jobs } = await drainWorker(asked);
  if (json) printDocument('workers-drain', { worker: name, jobs: jobs.length });
  else {
    const first =
      jobs.length === 0 ? 'it has nothing at hand' : `it ends ${counted(jobs.length, 'job')} first`;
    print(`Asked ${plain(name)} to leave; ${first}.`);
  }
  return EXIT.done;
}

function documentOf(worker: PresentWorker): DocumentOf<'workers'>[number] {
  const { name, host, pid, engine, concurrency, leaving, drainable, folds, processes, jobs } = worker;
  const since = (seconds: number): number => Math.round(Date.now() - seconds * 1000);
  return {
    worker: name,
    host,
    pid,
    engine,
    concurrency,
    since: since(worker.seconds),
    leaving,
    drainable,
    foldsDone: folds,
    processes: processes.map(({ pid, bytes }) => ({ pid, memory: bytes })),
    jobs: jobs.map(({ seconds, ...job }) => ({ ...job, since: since(seconds) })),
  };
}

/** What a terminal has at least. */
const COLUMNS = 80;
const NAME = 26;

/** A row for each worker, and below it a line for each of its jobs. */
export function workersText(workers: readonly PresentWorker[]): string[] {
  const rows = workers.map(({ name, concurrency, leaving, folds, processes, jobs, seconds, engine }) => {
    const memory = processes.map(({ bytes }) => bytes).filter((bytes) => bytes !== null);
    return [
      cutStart(name, NAME),
      leaving ? 'leaving' : `${jobs.length}/${concurrency}`,
      folds,
      memory.length === 0 ? '–' : size(memory.reduce((a, b) => a + b)),
      // The larger unit says enough.
      duration(seconds).split(' ', 2).join(' '),
      engine === null ? '–' : shortEngine(engine),
    ];
  });
  const [head = '', ...lines] = table(['worker', 'busy', 'done', 'memory', 'for', 'engine'], rows).split(
    '\n',
  );
  return [
    head,
    ...workers.flatMap((worker, i) => [
      cut(lines[i]!, COLUMNS),
      ...worker.jobs.map((job) => jobLine(job, worker)),
    ]),
  ];
}

function jobLine(
  { searchId, trial, fold, seconds, pid }: PresentWorker['jobs'][number],
  { processes }: PresentWorker,
): string {
  const what = fold === null ? 'refit' : `fold ${fold}`;
  const bytes = processes.find((one) => one.pid === pid)?.bytes ?? null;
  const where = pid === null ? '' : `, process ${pid}${bytes === null ? '' : ` (${size(bytes)})`}`;
  const tail = ` ${cut(trial, 20)} ${what}, ${duration(seconds)}${where}`;
  return `  ${cut(plain(searchId), COLUMNS - 2 - tail.length)}${plain(tail)}`;
}

/** `tfjs-node, kernel 8dade747` of all that an engine tells of itself. */
function shortEngine(engine: string): string {
  const kernel = /\bkernel [\w.-]+/.exec(engine)?.[0];
  return [engine.split(',')[0]!, ...(kernel === undefined ? [] : [kernel])].join(', ');
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;

/** The end of a name has the process. */
const cutStart = (text: string, length: number): string =>
  text.length <= length ? text : `…${text.slice(1 - length)}`;

const size = (bytes: number): string =>
  bytes < 1000 * 2 ** 20 ? `${Math.ceil(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
