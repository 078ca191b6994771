/**
 * TensorFlow threads for this process: `GRIDSEARCH_THREADS`, else 1. Not the number of cores, for two reasons: the fused
 * kernels gain nothing from a second thread at the sizes of a search, so cores serve better as further worker
 * processes; and matrix products split over threads sum in another order, so that results would depend on the threads.
 *
 * @throws Error when the variable is not a positive integer.
 */
export function threadCount(): number {
  const wanted = process.env.GRIDSEARCH_THREADS;
  if (wanted === undefined || wanted === '') return 1;
  if (!/^[1-9]\d{0,3}$/.test(wanted)) {
    throw new Error(`GRIDSEARCH_THREADS is "${wanted}"; give a number of threads from 1 to 9999.`);
  }
  return Number(wanted);
}
