/**
 * Predictions for whoever can't have TensorFlow in its own process: a child process that loads it when it is first asked, and ends when
 * nobody has asked for a while. This file is both sides.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { homeDir } from './home.js';
import { predictTexts } from './predict.js';
import { openTracking } from './tracking.js';

interface Request {
  readonly id: number;
  readonly model: { readonly name: string; readonly which: string };
  readonly texts: readonly string[];
}

type Answered = Awaited<ReturnType<typeof predictTexts>>;
type Answer = { readonly id: number } & ({ readonly value: Answered } | { readonly failure: string });

const HERE = fileURLToPath(import.meta.url);
/** The child stays so long after the last question, ms. */
const IDLE_MS = 120_000;

export interface PredictAside {
  /** @throws Error in words for people */
  predict(model: Request['model'], texts: readonly string[]): Promise<Answered>;
  close(): void;
}

export function predictAside(): PredictAside {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;
  const waiting = new Map<number, { resolve(value: Answered): void; reject(error: Error): void }>();
  const close = (): void => {
    clearTimeout(idle);
    child?.kill();
    child = undefined;
  };
  const start = (): ChildProcess => {
    const started = fork(HERE, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    started.on('message', (answer: Answer) => {
      const asker = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('failure' in answer) asker?.reject(new Error(answer.failure));
      else asker?.resolve(answer.value);
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
      for (const { reject } of waiting.values()) reject(new Error('the process that predicts has ended'));
      waiting.clear();
    });
    started.on('error', () => undefined);
    return started;
  };
  return {
    predict: (model, texts) => {
      child ??= start();
      clearTimeout(idle);
      idle = setTimeout(close, IDLE_MS);
      idle.unref();
      const id = ++last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        child!.send({ id, model, texts } satisfies Request, (error) => error && reject(error));
      });
    },
    close,
  };
}

if (process.send !== undefined && process.argv[1] === HERE) await serve();

async function serve(): Promise<void> {
  const home = homeDir();
  const tracking = await openTracking(home);
  process.on('message', async ({ id, model, texts }: Request) => {
    const answer = await predictTexts(tracking.client, home, model, texts).then(
      (value): Answer => ({ id, value }),
      ({ message }: Error): Answer => ({ id, failure: message }),
    );
    process.send?.(answer, () => undefined);
  });
  process.once('disconnect', async () => {
    await tracking.close();
    process.exit();
  });
}
