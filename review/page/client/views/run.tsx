/** One run: parameters, metrics and curves, tags, files, and the runs above and below it. */
import type { RunView } from '../../api.js';
import { duration, fullTime, plain, score } from '../format.js';
import { useLoaded } from '../load.js';
import { CurvePicker } from '../parts/curve-picker.js';
import { Files } from '../parts/files.js';
import { Judged } from '../parts/judged.js';
import { Lineage } from '../parts/lineage.js';
import { State } from '../parts/state.js';
import { Trouble, Waiting } from '../parts/states.js';

const ROLES: Readonly<Record<string, string>> = {
  parent: 'parent run of the search',
  trial: 'a configuration',
  fold: 'a fold',
  refit: 'the winner, trained on all development rows',
};

/** Where a run was started from, among its tags. */
const SOURCES: readonly (readonly [string, string])[] = [
  ['mlflow.source.name', 'source'],
  ['mlflow.source.git.commit', 'commit'],
  ['mlflow.source.git.branch', 'branch'],
  ['mlflow.user', 'user'],
];

export function Run({ id }: { id: string }) {
  const { value: run, error, again } = useLoaded<RunView>(`/runs/${encodeURIComponent(id)}`);
  document.title = `${run?.runName ?? id} · gridsearch`;
  if (run === undefined) return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  const { role } = run;
  return (
    <>
      <div class="heading">
        <h1>{run.runName}</h1>
        <p>
          <State state={run.status} /> · {ROLES[role ?? ''] ?? 'a run'} ·{' '}
          <time title={fullTime(run.startTime)}>
            {run.endTime === null ? 'not ended' : duration(run.endTime - run.startTime)}
          </time>
        </p>
      </div>
      <Lineage steps={run.lineage} />
      {run.failure !== null && <p class="failure">{run.failure}</p>}
      {run.attempts.map(({ worker, reason }) => (
        <p key={worker + reason} class="warning">
          An earlier attempt of {worker} ended: {reason}
        </p>
      ))}
      {(run.curves.length > 0 || role === 'fold') && (
        <section aria-labelledby="curves">
          <h2 id="curves">Learning curves</h2>
          <CurvePicker curves={run.curves} />
        </section>
      )}
      <div class="columns">
        <Pairs title="Metrics" none="None were logged.">
          {Object.entries(run.metrics).map(([name, value]) => [name, plain(value)])}
        </Pairs>
        <Pairs title="Parameters" none="None were logged.">
          {Object.entries(run.params).map(([name, value]) => [name, String(value)])}
        </Pairs>
      </div>
      {run.judged !== null && (
        <Judged
          judged={run.judged}
          of={
            role === 'refit'
              ? 'Test rows'
              : 'Validation rows, each judged by a model that was not trained on it'
          }
          id={run.runName}
        />
      )}
      {run.children.length > 0 && <Children runs={run.children} />}
      <Pairs title="Data and source" none="None was logged.">
        {[
          ...run.datasets.map(({ name, digest, context, rows }) => [
            context ?? 'dataset',
            `${name}${rows === null ? '' : `, ${rows} rows`}, digest ${digest}`,
          ]),
          ...SOURCES.flatMap(([tag, title]) => {
            const value = run.tags[tag];
            return value === undefined ? [] : [[title, value]];
          }),
        ]}
      </Pairs>
      <Files run={run} />
      <details>
        <summary>Tags</summary>
        <Pairs title="">{Object.entries(run.tags)}</Pairs>
      </details>
    </>
  );
}

function Pairs({
  title,
  none,
  children,
}: {
  title: string;
  none?: string;
  children: readonly (readonly [string, string] | readonly string[])[];
}) {
  return (
    <section>
      {title !== '' && <h2>{title}</h2>}
      {children.length === 0 && <p class="note">{none}</p>}
      <dl class="pairs">
        {[...children]
          .sort(([a = ''], [b = '']) => a.localeCompare(b))
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** The mark survives the search that it names, so that the link may lead to nothing. */
const ReusedFrom = ({ from: { runId, searchId } }: { from: { runId: string; searchId: string } }) => (
  <span class="soft reused">
    {' '}
    reused from <a href={`/runs/${encodeURIComponent(runId)}`}>a fold</a>
    {searchId !== '' && (
      <>
        {' '}
        of <a href={`/searches/${encodeURIComponent(searchId)}`}>{searchId}</a>
      </>
    )}
  </span>
);

function Children({ runs }: { runs: RunView['children'] }) {
  return (
    <section aria-labelledby="below">
      <h2 id="below">Runs below it</h2>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" class="number">
              Score
            </th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ runId, runName, status, score: reached, failure, reusedFrom }) => (
            <tr key={runId}>
              <th scope="row">
                <a data-row href={`/runs/${runId}`}>
                  {runName}
                </a>
              </th>
              <td data-label="Score" class="number">
                {score(reached)}
              </td>
              <td data-label="Status">
                <State state={status} />
                {reusedFrom !== null && <ReusedFrom from={reusedFrom} />}
                {failure !== null && <span class="reason">{failure}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {runs.length === 100 && <p class="note">The first 100; the search's table has all.</p>}
    </section>
  );
}
