/** What a search, a fold and its process may take at most: lengths of time and sizes of memory, as a file writes them. */
import { z } from 'zod';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
/** As `plan` tells sizes. */
const BYTES = { MB: 2 ** 20, GB: 2 ** 30 } as const;

const MOST_SECONDS = 365 * 86_400;
/** With native TensorFlow a training process has 360 MB before it has seen a row. */
const LEAST_BYTES = 512 * 2 ** 20;
const MOST_BYTES = 2 ** 50;

const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)\s?([smhd])$/;
const SIZE = /^(\d{1,9}(?:\.\d{1,3})?)\s?(MB|GB)$/;

/** Seconds of `90s`, `10m`, `2h` or `1d`; undefined of any other text. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}

/** Bytes of `512MB` or `2GB`; undefined of any other text. */
export function bytesOf(text: string): number | undefined {
  const [, count, unit] = SIZE.exec(text) ?? [];
  return unit === undefined ? undefined : Math.round(Number(count) * BYTES[unit as keyof typeof BYTES]);
}

/** A text with a unit; the pattern and the examples are for editors and messages. */
function quantity(
  read: (text: string) => number | undefined,
  pattern: RegExp,
  { examples, least, most }: { examples: [string, string, string]; least: string; most: string },
) {
  const remedy = `write ${examples.join(', ')} or the like`;
  return z
    .string()
    .superRefine((text, context) => {
      const value = read(text);
      const refuse = (message: string): void =>
        context.addIssue({ code: 'custom', message, params: { remedy } });
      if (value === undefined) refuse('has no unit that is known');
      else if (value < read(least)!) refuse(`is less than ${least}`);
      else if (value > read(most)!) refuse(`is more than ${most}`);
    })
    .meta({ pattern: pattern.source, examples });
}

const durationText = quantity(secondsOf, DURATION, {
  examples: ['90s', '10m', '2h'],
  least: '1s',
  most: `${MOST_SECONDS / 86_400}d`,
});

const sizeText = quantity(bytesOf, SIZE, {
  examples: ['512MB', '1.5GB', '2GB'],
  least: `${LEAST_BYTES / 2 ** 20}MB`,
  most: `${MOST_BYTES / 2 ** 30}GB`,
});

/** The block of the file. */
export const BUDGET_FIELDS = {
  max_duration: durationText
    .optional()
    .describe('How long the search may train, as in 90s, 10m, 2h or 1d; then it is cut.'),
  max_failures: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .optional()
    .describe('Configurations that may fail; with one more the search is cut.'),
  trial_timeout: durationText
    .optional()
    .describe(
      'A fold that trains for longer, as in 90s, 10m or 2h, is stopped; its trial has failed, with that reason. Not for the refit.',
    ),
  max_memory: sizeText
    .optional()
    .describe(
      'A training process that takes more memory, as in 512MB or 2GB, is ended; its trial has failed, with that reason.',
    ),
};

export interface Budget {
  readonly max_duration?: string;
  readonly max_failures?: number;
  readonly trial_timeout?: string;
  readonly max_memory?: string;
}

/** The same as workers read it. */
export function limitsOf({ trial_timeout, max_memory }: Budget): { seconds?: number; bytes?: number } {
  const [seconds, bytes] = [
    trial_timeout === undefined ? undefined : secondsOf(trial_timeout),
    max_memory === undefined ? undefined : bytesOf(max_memory),
  ];
  return { ...(seconds !== undefined && { seconds }), ...(bytes !== undefined && { bytes }) };
}
