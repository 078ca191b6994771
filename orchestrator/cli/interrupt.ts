/** Ctrl-C and SIGTERM: the first asks for a clean stop, the second ends the process at once. */
import { EXIT } from './errors.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  dispose(): void;
}

/** Listens from now on. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.stopped);
    process.stderr.write('\nStopping; once more to stop at once.\n');
    controller.abort(new Error('stopped'));
  };
  const stopped = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    stopped,
    dispose: () => void process.off('SIGINT', stop).off('SIGTERM', stop),
  };
}
