/** Who is there to train, on any machine, and at what; a worker is asked to leave here. */
import { useEffect } from 'preact/hooks';
import '../styles/workers.css';
import type { Worker, WorkerList } from '../../api.js';
import { ago, bytes, counted, duration, fullTime } from '../format.js';
import { useLoaded } from '../load.js';
import { Confirmed } from '../parts/confirmed.js';
import { Command, Nothing, Trouble, Waiting } from '../parts/states.js';

const EVERY_MS = 2000;

export function Workers() {
  document.title = 'Workers · gridsearch';
  const { value, error, again } = useLoaded<WorkerList>('/workers');
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), EVERY_MS);
    return () => clearInterval(timer);
  }, [again]);
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  const { workers } = value;
  if (workers.length === 0) {
    return (
      <Nothing>
        <h1>No worker is there</h1>
        <p>On this machine, or on any other that reaches the queue, this makes one:</p>
        <Command>npx gridsearch worker</Command>
      </Nothing>
    );
  }
  const jobs = workers.reduce((sum, worker) => sum + worker.jobs.length, 0);
  const places = workers.reduce((sum, { concurrency }) => sum + concurrency, 0);
  return (
    <>
      <h1>Workers</h1>
      {error !== undefined && <Trouble message={`${error} What is below was true before.`} again={again} />}
      <p class="note">
        {counted(workers.length, 'worker')}, {jobs} of {counted(places, 'training process')} at work. One that
        is killed or stands still is gone from here after 12 s.
      </p>
      <table class="rows workers-table">
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">At work</th>
            <th scope="col">Jobs at hand</th>
            <th scope="col" class="number">
              Folds done
            </th>
            <th scope="col" class="number">
              Memory
            </th>
            <th scope="col">Since</th>
            <th scope="col">Engine</th>
            <th scope="col">
              <span class="hidden">Drain</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <Row key={worker.name} worker={worker} again={again} />
          ))}
        </tbody>
      </table>
    </>
  );
}

/** `tfjs-node, kernel 8dade747` of all that an engine tells of itself. */
function shortEngine(engine: string): string {
  const kernel = /\bkernel [\w.-]+/.exec(engine)?.[0];
  return [engine.split(',')[0]!, ...(kernel === undefined ? [] : [kernel])].join(', ');
}

function Row({ worker, again }: { worker: Worker; again: () => void }) {
  const { name, host, pid, engine, concurrency, since, leaving, drainable, folds, memory, jobs } = worker;
  return (
    <tr>
      <th scope="row">
        {host} <span class="soft">{pid}</span>
      </th>
      <td data-label="At work">
        {jobs.length} of {concurrency}
        {leaving && <span class="state live"> leaving</span>}
      </td>
      <td data-label="Jobs at hand">
        {jobs.length === 0 ? <span class="soft">none</span> : <Jobs jobs={jobs} />}
      </td>
      <td data-label="Folds done" class="number">
        {folds}
      </td>
      <td data-label="Memory" class="number">
        {bytes(memory)}
      </td>
      <td data-label="Since">
        <time title={fullTime(since)}>{ago(since)}</time>
      </td>
      <td data-label="Engine" class="engine">
        {engine === null ? (
          <span class="soft">not known before it has trained</span>
        ) : (
          <span title={engine}>{shortEngine(engine)}</span>
        )}
      </td>
      <td class="action">
        {drainable && !leaving ? (
          <Confirmed
            label="Drain"
            about={name}
            question={`Have ${name} leave? It ends ${jobs.length === 0 ? 'nothing, as it is idle' : `the ${counted(jobs.length, 'job')} at hand`}, takes no more, and its process ends. Other workers go on.`}
            path="/workers/drain"
            body={{ worker: name }}
            onChanged={again}
          />
        ) : (
          !drainable && (
            <span class="soft" title="It trains inside `run` or `up`, and goes with that.">
              inside run or up
            </span>
          )
        )}
      </td>
    </tr>
  );
}

const Jobs = ({ jobs }: Pick<Worker, 'jobs'>) => (
  <ul class="jobs">
    {jobs.map(({ searchId, run, runId, since, memory }) => (
      <li key={`${searchId}/${run}`}>
        {runId === null ? run : <a href={`/runs/${encodeURIComponent(runId)}`}>{run}</a>} of{' '}
        <a href={`/searches/${encodeURIComponent(searchId)}`}>{searchId}</a>
        <span class="soft">
          {' '}
          for {duration(Date.now() - since)}
          {memory !== null && `, ${bytes(memory)}`}
        </span>
      </li>
    ))}
  </ul>
);
