/** Who is there to train, and at what. */
import type { SearchList } from '../../api.js';
import { counted, duration } from '../format.js';
import { Command } from './states.js';

/** @param waiting - Whether something is there to be trained. */
export function Workers({ workers, waiting }: { workers: SearchList['workers']; waiting: boolean }) {
  if (workers === null) return null;
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
    <details class="workers">
      <summary>
        {counted(workers.length, 'worker')}, {jobs === 0 ? 'idle' : `${counted(jobs, 'job')} under way`}
      </summary>
      <ul>
        {workers.map(({ name, jobs }) => (
          <li key={name}>
            <span class="soft">{name}</span> {jobs.length === 0 ? 'idle' : null}
            {jobs.map(({ searchId, run, since }, i) => (
              <span key={run ?? i}>
                {i > 0 && ', '}
                {searchId === null ? (
                  'a job that this program can’t read'
                ) : (
                  <>
                    {run} of <a href={`/searches/${encodeURIComponent(searchId)}`}>{searchId}</a>
                  </>
                )}
                {since !== null && <span class="soft"> for {duration(Date.now() - since)}</span>}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
