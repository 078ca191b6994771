/**
 * What a worker and its child processes say to each other. Both ends read it through these schemas. What is said in one turn of the event
 * loop travels as one: each write wakes the other side up, which costs more than what it reads.
 */
import { z } from 'zod';
import { workerPayload } from '../queue/index.js';

/** Which attempt at a job this is. */
export const jobAttempt = z.object({
  jobId: z.string(),
  /** Whether the job was started before: by a failed attempt, or by a worker that died or handed it back. */
  resumed: z.boolean(),
});
export type JobAttempt = z.infer<typeof jobAttempt>;

/** Where a job's runs are logged. */
export const trackingPlace = z.object({
  uri: z.string(),
  /** Whether this process's own environment, and not the queue, vouches for the address: only then does it get credentials. */
  trusted: z.boolean(),
});
export type TrackingPlace = z.infer<typeof trackingPlace>;

/** By which both know a job that a process has: its own id won't do, as it may come back while an attempt that was lost is put down. */
const ticket = z.number();

export const toChild = z.discriminatedUnion('type', [
  /** Begun when the jobs before it have no more to compute. */
  z.object({
    type: z.literal('job'),
    ticket,
    payload: workerPayload,
    attempt: jobAttempt,
    tracking: trackingPlace,
  }),
  /** The job is to be put down. */
  z.object({ type: z.literal('cancel'), ticket }),
  /** Answer to `still held?`. */
  z.object({ type: z.literal('held'), ticket, held: z.boolean() }),
]);
export type ToChild = z.infer<typeof toChild>;
export const allToChild = z.array(toChild);

/** How a job ended in a child process. */
export const ending = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.json() }),
  /** Somebody else is to go on with it, at once; nothing was wrong with it. */
  z.object({ kind: z.literal('handed back') }),
  /** Somebody else has it by now, or has finished it. */
  z.object({ kind: z.literal('lost') }),
  /** What it needs can't be had now; nothing was wrong with it. */
  z.object({ kind: z.literal('waits'), reason: z.string() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Ending = z.infer<typeof ending>;

export const toParent = z.discriminatedUnion('type', [
  /** With what it trains, in words; and how long that took to load, in ms. */
  z.object({ type: z.literal('loaded'), engine: z.string().optional(), loadMs: z.number() }),
  z.object({ type: z.literal('load failed'), reason: z.string() }),
  /** The job is at hand. */
  z.object({ type: z.literal('begun'), ticket }),
  z.object({ type: z.literal('still held?'), ticket }),
  /** It has not begun, and is being put down. */
  z.object({ type: z.literal('put down'), ticket }),
  /** The job goes on as soon as its surroundings let it. */
  z.object({ type: z.literal('waiting'), ticket, reason: z.string() }),
  /** The job begins to train, or has done: the time that it may take runs in between. */
  z.object({ type: z.literal('training'), ticket, now: z.boolean() }),
  /** The job has no more to compute; what it says last is on its way to tracking, together with the words of others or by itself. */
  z.object({ type: z.literal('worked'), ticket, together: z.boolean() }),
  z.object({ type: z.literal('ended'), ticket, ending }),
]);
export type ToParent = z.infer<typeof toParent>;
export const allToParent = z.array(toParent);

/** Says things to the other side, in their order. */
export interface Speaker<Message> {
  /** With what else is said in this turn of the event loop. */
  soon(message: Message): void;
  /** Before whoever says it goes on, with what was to be said soon: it may block its thread then. */
  now(message: Message): void;
}

export function speaker<Message>(send: (messages: Message[]) => void): Speaker<Message> {
  let waiting: Message[] = [];
  const flush = (): void => {
    const messages = waiting;
    waiting = [];
    if (messages.length > 0) send(messages);
  };
  return {
    soon(message) {
      waiting.push(message);
      if (waiting.length === 1) process.nextTick(flush);
    },
    now(message) {
      waiting.push(message);
      flush();
    },
  };
}
