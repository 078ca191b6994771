/** One job in a child process, as its parent sees it. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStopped } from './is-stopped.js';
import { watchLimits } from './limits.js';
import { allToParent, type Speaker, speaker, type ToChild, type ToParent } from './messages.js';
import type { JobEnding, PooledJob } from './pool.js';

/** A child process that has loaded, and the jobs that it has. */
export interface Member {
  readonly child: ChildProcess;
  /** What it took once it had loaded, in bytes. */
  readonly fresh: number;
  /** How many jobs it was given that have not ended. */
  given: number;
  /** By ticket, in the order that they were given. */
  readonly jobs: Map<number, JobThere>;
  readonly say: Speaker<ToChild>['soon'];
  /** The job that the process was killed for. */
  killedFor?: number;
}

interface JobThere {
  /** It waits for its turn; or it is the one that computes; or its last words are written. */
  state: 'waits' | 'computes' | 'writes';
  hear(message: Extract<ToParent, { ticket: number }>): void;
  /** The process is gone. */
  left(): void;
}

/** @param child - Has loaded. */
export function memberOf(child: ChildProcess, fresh: number): Member {
  const jobs: Member['jobs'] = new Map();
  child.on('message', (raw) => {
    const { data: messages } = allToParent.safeParse(raw);
    // It says what nobody understands: as one that is broken.
    if (messages === undefined) child.kill('SIGKILL');
    for (const message of messages ?? []) if ('ticket' in message) jobs.get(message.ticket)?.hear(message);
  });
  child.on('exit', () => {
    for (const job of [...jobs.values()]) job.left();
  });
  const { soon } = speaker<ToChild>((messages) => {
    // It may be gone already; its end is heard of elsewhere.
    if (child.connected) child.send(messages, () => undefined);
  });
  return { child, fresh, given: 1, jobs, say: soon };
}

/** How long a child may take to put its job down, in ms; then it is killed. */
const PUT_DOWN_WITHIN = 10_000;

/** How long a job waits for those before it, in ms, until it is looked whether another process may be idle. */
const PATIENCE = 200;
/** How long it waits at most, in ms: a process may stand still. */
const AT_MOST = 5000;

let tickets = 0;

/**
 * Gives a job to a child process.
 *
 * @param leaving - Aborts when jobs that were not begun are to be handed back.
 * @returns how it ended; undefined when its process did, by its doing
 */
export async function inChild(
  member: Member,
  job: PooledJob,
  leaving: AbortSignal,
): Promise<JobEnding | undefined> {
  const { child, jobs, say } = member;
  const { payload, attempt, tracking, signal } = job;
  const ticket = ++tickets;
  const kill = (): void => {
    member.killedFor ??= ticket;
    child.kill('SIGKILL');
  };
  /** What the job took too much of. */
  let excess: string | undefined;
  let watch: ReturnType<typeof watchLimits> | undefined;
  let killer: NodeJS.Timeout | undefined;
  let isPutDown = false;
  const killUnlessBusy = (): void => {
    // One that computes for long hears nothing; it is not to pay for one that waits behind it.
    const busy =
      jobs.get(ticket)?.state === 'waits' && [...jobs.values()].some(({ state }) => state === 'computes');
    if (busy && !isStopped(child.pid!)) killer = setTimeout(killUnlessBusy, PUT_DOWN_WITHIN);
    else kill();
  };
  const putDown = (): void => {
    if (isPutDown) return;
    isPutDown = true;
    say({ type: 'cancel', ticket });
    // A process that does not even hear of it stands still; what else it has goes on elsewhere at no cost.
    killer = setTimeout(killUnlessBusy, PUT_DOWN_WITHIN);
  };
  const unlessBegun = (): void => {
    if (jobs.get(ticket)?.state === 'waits') putDown();
  };
  const given = performance.now();
  /** Once none is before it, it begins as soon as its run is open. */
  const isBehind = (): boolean =>
    jobs.get(ticket)?.state === 'waits' &&
    [...jobs].some(([other, { state }]) => other < ticket && state !== 'writes');
  const lookAround = async (): Promise<void> => {
    // Where Redis can't be asked nothing speaks for waiting here.
    const unknown = sleep(PATIENCE, false, { ref: false });
    const asked = Promise.race([job.mayWait().catch(() => false), unknown]);
    const wait = performance.now() - given < AT_MOST && (await asked);
    if (!isBehind()) return;
    if (wait) tooLong = setTimeout(lookAround, PATIENCE);
    else putDown();
  };
  // Alone it is begun as soon as the message is read.
  let tooLong = jobs.size > 0 ? setTimeout(lookAround, PATIENCE) : undefined;
  signal.addEventListener('abort', putDown, { once: true });
  leaving.addEventListener('abort', unlessBegun, { once: true });
  try {
    return await new Promise<JobEnding | undefined>((resolve) => {
      const there: JobThere = {
        state: 'waits',
        left() {
          if (excess !== undefined) resolve({ kind: 'over its limit', reason: excess });
          else resolve(isToBlame(member, ticket, isPutDown) ? undefined : { kind: 'handed back' });
        },
        hear(message) {
          // Its process is about to end: what it still says comes too late.
          if (excess !== undefined) return;
          switch (message.type) {
            case 'begun':
              clearTimeout(tooLong);
              there.state = 'computes';
              watch = watchLimits(payload, child.pid!, (reason) => {
                excess = reason;
                kill();
              });
              job.onBegun(child.pid!);
              break;
            case 'still held?':
              job.stillHeld().then(
                (held) => say({ type: 'held', ticket, held }),
                // Redis can't be asked now: whether the result counts is asked again when it is handed in.
                () => say({ type: 'held', ticket, held: true }),
              );
              break;
            case 'put down':
              // It has its last words to say, which take as long as tracking does.
              if (there.state === 'waits') clearTimeout(killer);
              break;
            case 'training':
              watch?.training(message.now);
              break;
            case 'worked':
              // From here on the process is another's.
              watch?.stop();
              there.state = 'writes';
              job.onWorked(message.together);
              break;
            case 'waiting':
              job.onWaiting(message.reason);
              break;
            case 'ended':
              resolve(message.ending);
          }
        },
      };
      jobs.set(ticket, there);
      // It was gone before it was told.
      if (child.exitCode !== null || child.signalCode !== null) return resolve({ kind: 'handed back' });
      say({ type: 'job', ticket, payload, attempt, tracking });
      if (signal.aborted) putDown();
      if (leaving.aborted) unlessBegun();
    });
  } finally {
    jobs.delete(ticket);
    watch?.stop();
    clearTimeout(tooLong);
    clearTimeout(killer);
    signal.removeEventListener('abort', putDown);
    leaving.removeEventListener('abort', unlessBegun);
  }
}

/** Whether a process that is gone went by this job's doing: the one that computes is to blame, and one that it has alone. */
function isToBlame({ jobs, killedFor }: Member, ticket: number, isPutDown: boolean): boolean {
  if (isPutDown) return false;
  if (killedFor !== undefined) return killedFor === ticket;
  return jobs.get(ticket)?.state === 'computes' || jobs.size === 1;
}
