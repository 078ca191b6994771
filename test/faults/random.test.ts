/**
 * At least fifty random faults over at least ten searches, drawn over all scenarios; with `SOAK_MINUTES`, as many as fit (`npm run soak`). The seed is
 * `SOAK_SEED`, or one of the day, and is printed: what it finds can be found again, as far as processes let it.
 */
import { expect } from 'vitest';
import { chaos } from '../support/chaos.js';
import { test } from '../support/test.js';

const MINUTES = Number(process.env.SOAK_MINUTES || 0);
const SEED = Number(process.env.SOAK_SEED || Math.floor(Date.now() / 86_400_000));
/** Of a run without a time of its own. */
const [SEARCHES, FAULTS] = [10, 50];
const LIMIT = MINUTES === 0 ? 900_000 : (MINUTES + 10) * 60_000;

test(
  'searches under random faults end as one that nobody disturbed',
  async ({ boxWith, tracking }) => {
    const deadline = Date.now() + MINUTES * 60_000;
    const say = (line: string): void =>
      void (
        (process.env.SOAK_MINUTES || process.env.SOAK_SEED) &&
        process.stdout.write(`${new Date().toISOString()} ${line}\n`)
      );
    const report = await chaos({
      seed: SEED,
      trackingUri: tracking.uri,
      boxWith,
      more: ({ searches, faults }) =>
        MINUTES > 0 ? Date.now() < deadline : searches < SEARCHES || faults < FAULTS,
      say,
    });
    process.stdout.write(`chaos, seed ${SEED}: ${JSON.stringify(report)}\n`);
    expect(report.wrong, `seed ${SEED}`).toEqual([]);
  },
  LIMIT,
);
