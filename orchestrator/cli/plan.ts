/** `plan FILE`: what a search is, and what it will take, before anything is queued. */
import {
  checkEngine,
  checkEnvironment,
  type KindPlan,
  type Outlook,
  type Plan,
  PROBE_SECONDS,
  type Probe,
  planSearch,
  type Size,
  type TimePlan,
} from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { printError } from './errors.js';
import { EXIT } from './exit.js';
import { type Column, fittedLines, fittedTable, terminalWidth } from './fit.js';
import { interruption } from './interrupt.js';
import { print, printDocument, say } from './output.js';
import { counted, duration, plain, shellWord, warningLines } from './render.js';

export interface PlanOptions {
  readonly workers: string;
  readonly json: boolean;
}

/** Prints the plan; queues and registers nothing. */
export async function planCommand(file: string, { workers, json }: PlanOptions): Promise<number> {
  checkEnvironment();
  checkEngine();
  const stop = interruption();
  try {
    const plan = await planSearch(file, { workers, signal: stop.signal, say: (line) => say(plain(line)) });
    if (json) printDocument('plan', documentOf(plan));
    else print(...planLines(plan, terminalWidth()));
    return EXIT.done;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const message = 'Stopped; nothing was queued.';
    say(message);
    printError(message, EXIT.stopped);
    return EXIT.stopped;
  } finally {
    stop.dispose();
  }
}

/** `8 configurations × 3 folds = 24 folds`: what is known without a probe. */
function sizeLine({ configurations, removed, folds, held }: Size): string {
  const ofThem = held ? `, ${number(held)} of them held by earlier searches` : '';
  const parts = [
    `${counted(configurations, 'configuration', true)} × ${counted(folds, 'fold')} = ${counted(configurations * folds, 'fold', true)}${ofThem}`,
    ...(removed === null ? [] : [`constraints removed ${counted(removed, 'configuration', true)}`]),
  ];
  return parts.join('; ');
}

/** The first line of `run` and `submit`: the size, and what earlier searches tell, or else who measures it. */
export function outlookLines(outlook: Outlook, file: string, width: number | undefined): string[] {
  const { time, workers } = outlook;
  const parts =
    time?.seconds === undefined
      ? [`how long: npx gridsearch plan ${shellWord(file)}`]
      : [
          `${timeWords(time)} on ${counted(workers, 'worker')}`,
          ...(time.memory === undefined ? [] : [`${size(time.memory * workers)} of memory`]),
          `reckoned from ${sourceWords(time.kinds)}`,
        ];
  return fittedLines([`${sizeLine(outlook)}; ${parts.join(', ')}`], width);
}

/** `about 12 s`; of a search that will be cut, or is pruned, what is most. */
function timeWords({ seconds = 0, atLeast, atMost }: TimePlan): string {
  const about = atMost !== undefined ? 'at most' : atLeast ? 'at least' : 'about';
  const why = atMost === 'max_duration' ? ` (max_duration)` : '';
  return `${about} ${duration(seconds)}${why}`;
}

/** Which earlier searches kinds were reckoned from. */
function sourceWords(kinds: readonly Pick<KindPlan, 'earlier'>[]): string {
  const searches = [...new Set(kinds.flatMap(({ earlier }) => earlier?.searches ?? []))];
  const [first = '', ...others] = searches;
  return others.length === 0
    ? plain(first)
    : `${plain(first)} and ${counted(others.length, 'search', false)}`;
}

/** The plan for people, no line longer than the width. */
export function planLines(plan: Plan, width: number | undefined): string[] {
  const { submission, rows, time } = plan;
  return [
    ...fittedLines([`${plain(submission.name)}: ${sizeLine(plan)}, then a refit of the winner.`], width),
    ...fittedLines(
      [
        `Rows: ${number(rows.development)} to search on (a fold trains on ${number(rows.train)}), ${number(rows.test)} to measure the winner.`,
        timeLine(plan),
        ...memoryLines(plan),
      ],
      width,
    ),
    '',
    kindTable(time.kinds, width),
    ...fittedLines(
      time.kinds.flatMap((kind) => [...kind.probes.flatMap(remark), ...origin(kind)]),
      width,
    ),
    ...fittedLines(warningLines(submission.rows.warnings), width),
  ];
}

const number = (count: number): string => count.toLocaleString('en');

const WHOSE = {
  option: 'as asked',
  queue: 'at the queue now',
  cores: 'as run would start here',
} as const;

function timeLine({ time, workers, engine }: Plan): string {
  const on = `on ${counted(workers.count, 'worker')} (${WHOSE[workers.from]})`;
  if (time.seconds === undefined) return `Time: not known ${on}, as a probe failed.`;
  // Folds that were stopped early are among the earlier ones.
  const less = time.kinds.some(({ earlier }) => earlier === undefined) ? ['early stopping'] : [];
  if (time.atMost === 'pruning') less.push('pruning');
  const takes =
    less.length === 0 ? '' : `; ${less.join(' and ')} ${less.length === 1 ? 'takes' : 'take'} less`;
  return `Time: ${timeWords(time)} ${on}, engine ${engine}${takes}.`;
}

function memoryLines({ memory }: Plan): string[] {
  if (memory === null) return [];
  const { process, all, machine } = memory;
  const short = all > machine ? ', which it does not have: use fewer workers' : '';
  return [
    `Memory: about ${size(process)} a training process, ${size(all)} in all; this machine has ${size(machine)}${short}.`,
  ];
}

const size = (bytes: number): string =>
  bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;

function kindTable(kinds: readonly KindPlan[], width: number | undefined): string {
  const columns: Column[] = [
    { head: 'kind', cells: kinds.map(({ model }) => model) },
    { head: 'configurations', cells: kinds.map(({ configurations }) => number(configurations)) },
    { head: 'fold, smallest', cells: kinds.map((kind) => endTime(kind, 0)) },
    { head: 'fold, largest', cells: kinds.map((kind) => endTime(kind, -1)) },
    {
      head: 'on one core',
      cells: kinds.map(({ seconds }) => (seconds === undefined ? '?' : duration(seconds))),
    },
  ];
  return fittedTable(columns, width);
}

function endTime({ probes, earlier }: KindPlan, end: 0 | -1): string {
  const probe: Pick<Probe, 'seconds' | 'stopped' | 'rows'> | undefined =
    earlier === undefined ? probes.at(end) : { seconds: earlier.ends.at(end), stopped: false, rows: 0 };
  if (probe?.seconds === undefined) return '?';
  const text = probe.seconds < 10 ? `${probe.seconds.toPrecision(2)} s` : duration(probe.seconds);
  return probe.stopped && probe.rows === 0 ? `over ${text}` : text;
}

/** What a person should know of a probe. */
function remark({ configuration: { model }, rows, stopped, failure }: Probe): string[] {
  if (failure !== undefined) return [`A probe of ${model} failed: ${plain(failure)}`];
  if (!stopped) return [];
  const known = rows === 0 ? 'a fold takes longer than that' : `reckoned from ${counted(rows, 'row')} alone`;
  return [`A probe of ${model} was stopped after ${PROBE_SECONDS} s: ${known}.`];
}

/** Where a kind's time comes from when nothing was tried. */
const origin = ({ model, earlier }: KindPlan): string[] =>
  earlier === undefined
    ? []
    : [`${model}: by ${counted(earlier.folds, 'fold')} of ${sourceWords([{ earlier }])}, nothing tried.`];

/** The document of `--json`. */
function documentOf(plan: Plan): DocumentOf<'plan'> {
  const { submission, configurations, removed, folds, held, rows, workers, time, memory, engine } = plan;
  return {
    name: submission.name,
    configurations: { total: configurations, removed },
    folds: { perConfiguration: folds, total: configurations * folds, held },
    rows,
    workers,
    engine,
    seconds: time.seconds ?? null,
    atLeast: time.atLeast,
    atMost: time.atMost ?? null,
    memory,
    kinds: time.kinds.map(({ model, configurations, seconds, probes, earlier }) => ({
      model,
      configurations,
      seconds: seconds ?? null,
      earlier:
        earlier === undefined
          ? null
          : { searches: [...earlier.searches], folds: earlier.folds, foldSeconds: [...earlier.ends] },
      probes: probes.map((probe) => ({
        parameters: probe.configuration.parameters,
        foldSeconds: probe.seconds ?? null,
        rows: probe.rows,
        stopped: probe.stopped,
        failure: probe.failure ?? null,
      })),
    })),
    warnings: [...submission.rows.warnings],
  };
}
