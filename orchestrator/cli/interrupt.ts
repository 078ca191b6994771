/** Ctrl-C and SIGTERM: the first asks for a clean stop, the second ends the process at once. */
import { EXIT } from './exit.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<void>;
  dispose(): void;
}

/** What a clean stop may take beyond the time it gives to folds at hand, in ms; then a lost Redis is why. */
const STOP_WITHIN = 10_000;

/**
 * Listens from now on.
 *
 * @param graceMs - Time that the stop gives to folds at hand.
 */
export function interruption(graceMs = 0): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.stopped);
    process.stderr.write('\nStopping; once more to stop at once.\n');
    controller.abort(new Error('stopped'));
    setTimeout(() => {
      process.stderr.write(
        'Stopped the hard way, as Redis does not answer; what was queued is still there.\n',
      );
      process.exit(EXIT.stopped);
    }, graceMs + STOP_WITHIN).unref();
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
