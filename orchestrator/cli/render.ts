/** Text for people: tables, durations, the progress line. */
import { clearLine, cursorTo } from 'node:readline';
import Table from 'cli-table3';
import type { SearchProgress } from '../../review/results/index.js';

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

/** Seconds as `42 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A number with four decimals; an unknown one as a dash. */
export const fixed = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(4);

/** `0.8123 ± 0.0042` */
export const spread = (mean: number | undefined, std: number | undefined): string =>
  mean === undefined ? '–' : `${fixed(mean)} ± ${fixed(std)}`;

/**
 * The parameters in which configurations differ, the model kind first. One that only some model kinds have counts only
 * when it takes several values there.
 */
export function varying(configurations: readonly Readonly<Record<string, unknown>>[]): string[] {
  const values = new Map<string, Set<unknown>>([['model', new Set()]]);
  for (const parameters of configurations) {
    for (const [name, value] of Object.entries(parameters)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  return [...values].filter(([, seen]) => seen.size > 1).map(([name]) => name);
}

const STEP_WORDS: Readonly<Record<SearchProgress['step'], string>> = {
  queued: 'queued',
  plan: 'training',
  refit: 'refitting the winner',
  register: 'registering',
  ended: 'done',
  broken: 'broken',
};

/**
 * One line: what is done, how long it took, how long it will take. The estimate comes from the folds settled since
 * this process watches, so that an interruption doesn't count.
 */
export function progressLine(progress: SearchProgress, since: { folds: number; seconds: number }): string {
  const { folds, trials, step } = progress;
  const parts = [
    STEP_WORDS[step],
    `folds ${folds.settled}/${folds.total}`,
    `trials ${trials.settled}/${trials.total}`,
    duration(since.seconds),
  ];
  const done = folds.settled - since.folds;
  if (step === 'plan' && done > 0) {
    parts.push(`ETA ${duration((since.seconds / done) * (folds.total - folds.settled))}`);
  }
  return parts.join(' · ');
}

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
