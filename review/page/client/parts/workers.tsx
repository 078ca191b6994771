/** Who is there to train, in a line; the workers' own view tells more. */
import type { SearchList } from '../../api.js';
import { counted } from '../format.js';
import { Command } from './states.js';

/** @param waiting - Whether something is there to be trained. */
export function Workers({ workers, waiting }: { workers: SearchList['workers']; waiting: boolean }) {
  if (workers.length === 0) {
    return waiting ? (
      <div class="note">
        <p>No worker is there. On this machine, or on any other that reaches the queue:</p>
        <Command>npx gridsearch worker</Command>
      </div>
    ) : null;
  }
  const jobs = workers.reduce((sum, worker) => sum + worker.jobs.length, 0);
  return (
    <p class="workers">
      <a href="/workers">{counted(workers.length, 'worker')}</a>,{' '}
      {jobs === 0 ? 'idle' : `${counted(jobs, 'job')} under way`}
    </p>
  );
}
