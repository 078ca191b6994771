/** What a search space that is written in the page will take, tried out on this machine: one at a time, and for a bounded time. */
import type { Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import pLimit, { type LimitFunction } from 'p-limit';
import type { z } from 'zod';
import { type KindPlan, type PlannedText, planText } from '../../../orchestrator/app/index.js';
import type { PlanEvent, Planned } from '../api.js';
import { BadRequestError, bodyOf } from './changes.js';
import { API } from './paths.js';
import { issueOf, MOST_BYTES, spaceOf, written } from './submit.js';

/** A probe has a bound of its own; a search space may have many kinds, and data to fetch. */
const LONGEST_MS = 180_000;

/** Plans that wait for their turn. */
const MOST_WAITING = 4;

export function planRoutes(app: Hono, closing: AbortSignal): void {
  const oneAtATime = pLimit(1);
  app.post(`${API}/searches/plan`, async (context) => {
    const space = await bodyOf(context, written, MOST_BYTES);
    if (oneAtATime.pendingCount >= MOST_WAITING)
      throw new BadRequestError('Too many searches are being planned here; try again in a moment.');
    return planned(context, space, closing, oneAtATime);
  });
}

/** A line of JSON for each thing that there is to tell, the answer last. Whoever leaves ends it. */
function planned(
  context: Context,
  space: z.output<typeof written>,
  closing: AbortSignal,
  oneAtATime: LimitFunction,
): Response {
  context.header('Content-Type', 'application/x-ndjson');
  return stream(context, async (out) => {
    const left = new AbortController();
    out.onAbort(() => left.abort());
    const ends = AbortSignal.any([closing, left.signal]);
    const tell = (event: PlanEvent) => out.write(`${JSON.stringify(event)}\n`);
    if (oneAtATime.activeCount > 0) await tell({ say: 'another search is being planned, this one is next…' });
    const event = await oneAtATime(() => planEvent(space, ends, (say) => void tell({ say })));
    if (!ends.aborted) await tell(event);
  });
}

async function planEvent(
  space: z.output<typeof written>,
  ends: AbortSignal,
  say: (line: string) => void,
): Promise<PlanEvent> {
  const late = AbortSignal.timeout(LONGEST_MS);
  try {
    return eventOf(await planText(spaceOf(space), { signal: AbortSignal.any([ends, late]), say }));
  } catch (error) {
    const minutes = LONGEST_MS / 60_000;
    const failure = late.aborted
      ? `It took longer than ${minutes} minutes, and was ended; \`npx gridsearch plan FILE\` has no such limit.`
      : (error as Error).message;
    return { failure };
  }
}

function eventOf(answer: PlannedText): PlanEvent {
  if ('issues' in answer) {
    return { issues: answer.issues.map(issueOf) };
  }
  const { configurations, removed, folds, held, workers, time, memory, engine } = answer.plan;
  return {
    plan: {
      configurations,
      removed,
      folds,
      held,
      workers,
      engine,
      seconds: time.seconds ?? null,
      atLeast: time.atLeast,
      atMost: time.atMost ?? null,
      memory,
      kinds: time.kinds.map(kindOf),
      warnings: answer.warnings,
    },
  };
}

const kindOf = ({ model, configurations, seconds, probes, earlier }: KindPlan): Planned['kinds'][number] => ({
  model,
  configurations,
  seconds: seconds ?? null,
  probes: probes.map(({ seconds, rows, stopped, failure }) => ({
    seconds: seconds ?? null,
    rows,
    stopped,
    failure: failure ?? null,
  })),
  earlier: earlier ? { searches: earlier.searches, folds: earlier.folds, foldSeconds: earlier.ends } : null,
});
