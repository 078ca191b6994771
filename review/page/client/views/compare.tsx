/** Two to twenty configurations side by side: what differs, how they scored, how they learned, what they get wrong. */
import { useState } from 'preact/hooks';
import '../styles/compare.css';
import type { ComparedTrial, CompareView } from '../../api.js';
import { plain, score } from '../format.js';
import { useLoaded } from '../load.js';
import { ComparedCurves } from '../parts/compared-curves.js';
import { Confusion } from '../parts/confusion.js';
import { Dots } from '../parts/dots.js';
import { ScoreCurves } from '../parts/score-curves.js';
import { Nothing, Trouble, Waiting } from '../parts/states.js';
import { place } from '../router.js';
import { scaleOf } from '../scale.js';

export function Compare() {
  const runs = place.value.query.get('runs') ?? '';
  document.title = 'Compare · gridsearch';
  if (runs.split(',').filter(Boolean).length < 2) {
    return (
      <Nothing>
        <h1>Nothing to compare</h1>
        <p>
          Pin two configurations or more in a search’s table with <kbd>x</kbd>, then press <kbd>c</kbd>.{' '}
          <a href="/searches">All searches</a>
        </p>
      </Nothing>
    );
  }
  return <Compared key={runs} runs={runs} />;
}

function Compared({ runs }: { runs: string }) {
  const { value, error, again } = useLoaded<CompareView>(`/compare?runs=${encodeURIComponent(runs)}`);
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  const { trials, cautions } = value;
  const several = new Set(trials.map(({ searchId }) => searchId)).size > 1;
  return (
    <>
      <h1>Compare {trials.length} configurations</h1>
      {cautions.map((caution) => (
        <p key={caution} class="warning">
          {caution}
        </p>
      ))}
      <Table trials={trials} several={several} />
      <section aria-labelledby="learning">
        <h2 id="learning">Learning curves</h2>
        <ComparedCurves trials={trials} />
      </section>
      <section aria-labelledby="rows">
        <h2 id="rows">Validation rows</h2>
        <p class="says">Every row once, as predicted by the model that was not trained on it.</p>
        <div class="beside">
          {trials.map(({ runId, name, rows }) => (
            <div key={runId}>
              <h3>{name}</h3>
              {rows === null ? (
                <p class="note">Its predictions were not recorded.</p>
              ) : (
                <Confusion classes={rows.classes} counts={rows.confusion} />
              )}
            </div>
          ))}
        </div>
        <ScoreCurves trials={trials} />
        <Differing trials={trials} />
      </section>
    </>
  );
}

/** What varies between them, and the rest on demand. */
function Table({ trials, several }: { trials: readonly ComparedTrial[]; several: boolean }) {
  const [all, setAll] = useState(false);
  const parameters = [...new Set(trials.flatMap((trial) => Object.keys(trial.parameters)))];
  const shownOf = ({ parameters: own }: ComparedTrial, name: string): string => {
    const value = own[name];
    return value === undefined ? '–' : typeof value === 'number' ? plain(value) : String(value);
  };
  const differs = (name: string): boolean => new Set(trials.map((trial) => shownOf(trial, name))).size > 1;
  const shown = all ? parameters : parameters.filter(differs);
  const metrics = [...new Set(trials.flatMap((trial) => Object.keys(trial.test?.metrics ?? {})))].filter(
    (name) => name.startsWith('test_'),
  );
  const scale = scaleOf(
    trials.flatMap(({ folds, mean, std }) => [
      ...folds.filter((fold) => fold !== null),
      ...(mean === null ? [] : [mean - (std ?? 0), mean + (std ?? 0)]),
    ]),
  );
  const line = (title: string, cell: (trial: ComparedTrial) => preact.ComponentChildren) => (
    <tr key={title}>
      <th scope="row">{title}</th>
      {trials.map((trial) => (
        <td key={trial.runId}>{cell(trial)}</td>
      ))}
    </tr>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="sheet" tabIndex={0} aria-label="Parameters and scores">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">What</span>
            </th>
            {trials.map(({ runId, name }) => (
              <th key={runId} scope="col">
                <a data-row href={`/runs/${runId}`}>
                  {name}
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {several &&
            line('search', ({ searchId }) => (
              <a href={`/searches/${encodeURIComponent(searchId)}`}>{searchId}</a>
            ))}
          {line(trials[0]!.metric, ({ mean, std }) =>
            mean === null ? '–' : `${score(mean)} ± ${score(std)}`,
          )}
          {line('folds', ({ mean, std, folds }) => (
            <div class="folds">
              <Dots scores={{ mean, std, folds }} scale={scale} against={trials[0]!.mean} />
            </div>
          ))}
          {line('fit, s', ({ metrics: { mean_fit_time: seconds } }) => seconds?.toFixed(2) ?? '–')}
          {metrics.map((name) => line(name, ({ test }) => score(test?.metrics[name])))}
          {line('model', ({ model }) => model)}
          {shown.map((name) => line(name, (trial) => shownOf(trial, name)))}
        </tbody>
      </table>
      <p class="note">
        {all ? 'All parameters. ' : 'Only parameters that differ. '}
        <button type="button" onClick={() => setAll(!all)}>
          {all ? 'Show those that differ' : 'Show all'}
        </button>
        {metrics.length > 0 && ' Test scores are those of refits; only winners have one.'}
      </p>
    </section>
  );
}

/** Rows on which the others differ from the first. */
function Differing({ trials }: { trials: readonly ComparedTrial[] }) {
  const [first, ...others] = trials;
  const known = others.filter(({ againstFirst }) => againstFirst !== null);
  if (known.length === 0)
    return <p class="note">Row by row they can’t be compared: not recorded, or of other rows.</p>;
  return (
    <>
      {known.map(({ runId, name, againstFirst }) => {
        const { rows, bothRight, onlyFirst, onlySecond, p, differing, differingInAll } = againstFirst!;
        return (
          <details key={runId}>
            <summary>
              {name} and {first!.name} answer differently on {differingInAll} of {rows} rows: only{' '}
              {first!.name} is right on {onlyFirst}, only {name} on {onlySecond}, both on {bothRight}{' '}
              (McNemar’s exact test, p = {p < 0.001 ? '< 0.001' : p.toFixed(3)}).
            </summary>
            <p class="numbers">
              Rows of the dataset: {differing.join(', ')}
              {differingInAll > differing.length && ` and ${differingInAll - differing.length} more`}.
            </p>
          </details>
        );
      })}
    </>
  );
}
