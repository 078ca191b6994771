import { availableParallelism } from 'node:os';

/**
 * TensorFlow threads for this process: `GRIDSEARCH_THREADS`, which the parent of a worker process sets so that processes
 * times threads never exceed the cores; alone, all cores.
 *
 * @throws Error when the variable is not a positive integer.
 */
export function threadCount(): number {
  const wanted = process.env.GRIDSEARCH_THREADS;
  if (wanted === undefined || wanted === '') return availableParallelism();
  if (!/^[1-9]\d{0,3}$/.test(wanted)) {
    throw new Error(`GRIDSEARCH_THREADS is "${wanted}"; give a number of threads from 1 to 9999.`);
  }
  return Number(wanted);
}
