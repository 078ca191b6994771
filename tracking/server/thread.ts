/**
 * The embedded server in a thread of its own: whoever starts it also takes queue events and renews locks, and neither
 * work may wait for the other. This file is both sides: what starts the thread, and what runs in it. The server is loaded there only.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { TrackingServer, TrackingServerOptions } from './index.js';

/** The thread's one message to its starter. */
type Started = { uri: string } | { failure: string; code: string | undefined };

/** As `startTrackingServer`, in another thread; errors keep their `code`. */
export async function startTrackingThread(options: TrackingServerOptions): Promise<TrackingServer> {
  const thread = new Worker(new URL(import.meta.url), { workerData: options });
  const ended = once(thread, 'exit');
  // An error of the thread reaches whoever waits for its message or its end, and nobody twice.
  ended.catch(() => undefined);
  const [started] = (await once(thread, 'message')) as [Started];
  if ('failure' in started) {
    await ended;
    throw Object.assign(new Error(started.failure), { code: started.code });
  }
  return {
    uri: started.uri,
    close: async () => {
      thread.postMessage('close');
      await ended;
    },
  };
}

if (!isMainThread && parentPort) await serve(parentPort);

async function serve(starter: NonNullable<typeof parentPort>): Promise<void> {
  const say = (message: Started): void => starter.postMessage(message);
  try {
    const { startTrackingServer } = await import('./index.js');
    const server = await startTrackingServer(workerData as TrackingServerOptions);
    starter.once('message', async () => {
      await server.close();
      starter.close();
    });
    say({ uri: server.uri });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    say({ failure: message, code });
  }
}
