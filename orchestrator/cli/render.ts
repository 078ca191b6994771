/** Text for people: tables, durations, the progress line. */
import { clearLine, cursorTo } from 'node:readline';
import Table from 'cli-table3';
import type { SearchProgress } from '../../review/results/index.js';
import type { Estimate } from '../app/index.js';

/** A plain table without borders, columns aligned; strings may come from files, so control characters are shown. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const blank = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const t = new Table({
    head: [...head],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      ...blank,
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) t.push(row.map((value) => plain(String(value ?? ''))));
  return t
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Text from outside, safe to print on a terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Warnings as lines. */
export const warningLines = (warnings: readonly string[]): string[] =>
  warnings.map((line) => `Warning: ${plain(line)}`);

/** Characters of a text that a hint may take. */
const HINT = 60;

/** A text as a shell reads it again, cut, without what a terminal would act on. */
export function shellWord(text: string): string {
  const shown = plain(text.length > HINT ? text.slice(0, HINT).replace(/\s+\S*$/, '') : text);
  return /^[\w./@-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** Seconds as `42 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 fold`, `2 folds`; of what may be many, `1,200 folds`. */
export const counted = (count: number, what: string, many = false): string =>
  `${many ? count.toLocaleString('en') : count} ${what}${count === 1 ? '' : 's'}`;

/** A number with four decimals; an unknown one as a dash. */
export const fixed = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(4);

/** A number with four significant digits; an unknown one as a dash. */
export const significant = (value: number | null | undefined): string => {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return Math.abs(value) < 1 ? value.toFixed(4) : value.toPrecision(4);
};

/** A difference with its sign. */
export const signed = (value: number | null): string =>
  value === null ? '' : `${value < 0 ? '−' : '+'}${significant(Math.abs(value))}`;

/** `0.8123 ± 0.0042` */
export const spread = (mean: number | undefined, std: number | undefined): string =>
  mean === undefined ? '–' : `${fixed(mean)} ± ${fixed(std)}`;

/** That a search is paused, and what to do. */
export const pausedLine = (searchId: string, since: number): string =>
  `Paused for ${duration((Date.now() - since) / 1000)} by \`pause\`; go on with\n  npx gridsearch resume ${searchId}`;

const STEP_WORDS: Readonly<Record<SearchProgress['step'], string>> = {
  queued: 'queued',
  plan: 'training',
  refit: 'refitting the winner',
  register: 'registering',
  ended: 'done',
  broken: 'broken',
};

/** Columns that a progress line takes: what a terminal has at least. */
const COLUMNS = 80;
const MOST_BAR = 10;
const LEAST_BAR = 5;

/**
 * One line: a bar, what is done, the best so far, how long it took, how long it will take.
 *
 * @param seconds - Since the search is watched.
 * @param best - Mean of the best trial so far.
 */
export function progressLine(
  {
    folds,
    step,
    pruned = 0,
    state,
  }: Pick<SearchProgress, 'folds' | 'step'> & {
    pruned?: number;
    /** What is said in place of the step. */
    state?: 'paused' | 'being stopped' | undefined;
  },
  { done, left, cutBy }: Estimate,
  seconds: number,
  best: number | undefined,
): string {
  const head = state ?? STEP_WORDS[step];
  const known = (withPruned: boolean): string =>
    [
      `folds ${folds.settled}/${folds.total}`,
      ...(best === undefined ? [] : [`best ${fixed(best)}`]),
      ...(withPruned ? [`pruned ${pruned}`] : []),
      duration(seconds),
    ].join(' · ');
  const tells = state === undefined && step === 'plan' && left !== undefined;
  const etas = tells ? etaWords(duration(left), cutBy) : [''];
  const roomBeside = (parts: string): number => COLUMNS - 3 - head.length - parts.length;
  // The bar goes before what was pruned, the words of the time left before the bar; the last of them is the shortest.
  const whole = known(true) + etas[0];
  const shorter = etas.map((eta) => known(false) + eta);
  const parts =
    pruned > 0 && roomBeside(whole) >= LEAST_BAR
      ? whole
      : (shorter.find((one) => roomBeside(one) > 0) ?? shorter.at(-1)!);
  const room = Math.min(MOST_BAR, roomBeside(parts));
  if (room < LEAST_BAR) return `${head} · ${parts}`;
  const full = Math.floor(Math.min(1, done) * room);
  return `${head} ${'█'.repeat(full)}${'░'.repeat(room - full)} ${parts}`;
}

/** What is said of the time left, in more words and in fewer. */
const etaWords = (left: string, cutBy: Estimate['cutBy']): string[] =>
  cutBy === undefined ? [` · ETA ${left}`] : [` · at most ${left}: ${cutBy}`, ` · at most ${left}`];

/** Writes progress to standard error: one line rewritten on a terminal, a new line at each change elsewhere. */
export function progressWriter(stream: NodeJS.WriteStream = process.stderr) {
  let seen = '';
  let shownAt = 0;
  /** A change that came too soon after the one before; the last of them is not lost. */
  let held: string | undefined;
  return {
    show(line: string, key: string): void {
      if (stream.isTTY) {
        cursorTo(stream, 0);
        // A line that wraps could not be written over: only its last row would.
        stream.write(line.slice(0, Math.max(0, (stream.columns || Number.POSITIVE_INFINITY) - 1)));
        clearLine(stream, 1);
        return;
      }
      // A log wants to see movement, not every tick of the clock.
      if (key !== seen) held = line;
      seen = key;
      if (held === undefined || Date.now() - shownAt < 2000) return;
      held = undefined;
      shownAt = Date.now();
      stream.write(`${line}\n`);
    },
    end(): void {
      if (stream.isTTY) stream.write('\n');
      else if (held !== undefined) stream.write(`${held}\n`);
    },
  };
}
