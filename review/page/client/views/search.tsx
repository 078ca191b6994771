/** One search: the verdict, where it came from and led to, every configuration. */
import type { Generation, SearchItem, SearchView } from '../../api.js';
import { counted, duration, fullTime } from '../format.js';
import { useLive } from '../live.js';
import { useLoaded } from '../load.js';
import { Again } from '../parts/again.js';
import { Controls, wishOf } from '../parts/controls.js';
import { Evidence } from '../parts/evidence.js';
import { Lineage } from '../parts/lineage.js';
import { isLive, Progress, State } from '../parts/state.js';
import { Trouble, Waiting } from '../parts/states.js';
import { Terms } from '../parts/terms.js';

export function Search({ id }: { id: string }) {
  const path = `/searches/${encodeURIComponent(id)}`;
  const { value, error, again } = useLoaded<SearchView>(path);
  const live = useLive(path, value?.search, again);
  document.title = `${value?.search.name ?? id} · gridsearch`;
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  const search = live?.search ?? value.search;
  return (
    <>
      <Heading search={search} />
      <p class="fields">
        <Controls search={search} path={path} onChanged={again} />
        <Again searchId={search.searchId} parentRunId={search.parentRunId} />
      </p>
      {error !== undefined && <Trouble message={`${error} What is below was true before.`} again={again} />}
      <section class="verdict" aria-label="Verdict">
        {value.verdict.map((sentence, i) => (
          <p key={sentence} class={i === 0 ? 'first' : undefined}>
            {sentence}
          </p>
        ))}
        {value.warnings.map((warning) => (
          <p key={warning} class="warning">
            {warning}
          </p>
        ))}
        {live !== undefined && live.open.length > 0 && (
          <p class="soft" data-open>
            Under way:{' '}
            {live.open
              .slice(0, 6)
              .map(
                ({ name, settled }) => `${name} (${settled} of ${counted(value.foldsOfTrial ?? 0, 'fold')})`,
              )
              .join(', ')}
            {live.open.length > 6 && ` and ${live.open.length - 6} more`}
          </p>
        )}
      </section>
      <Lineage steps={value.lineage} />
      <Terms view={value} budget={live?.budget ?? value.budget} />
      <Evidence view={value} />
    </>
  );
}

/** What the search does, for people. */
const STEP_WORDS: Readonly<Record<string, string>> = {
  plan: 'training',
  refit: 'refitting the winner',
  register: 'registering',
};

const generationWords = ({ number, of, rung, rungs }: Generation): string =>
  `generation ${number} of ${of}${rung === null ? '' : `, fold rung ${rung} of ${rungs}`}`;

function Heading({ search }: { search: SearchItem }) {
  const { name, searchId, trials, folds, startTime, endTime } = search;
  const perTrial = trials.total > 0 ? Math.round(folds.total / trials.total) : 0;
  return (
    <div class="heading">
      <h1>
        {name} <span class="soft">{searchId.replace(`${name}-`, '')}</span>
      </h1>
      <p>
        <State state={wishOf(search) ?? search.state} /> · {counted(trials.total, 'configuration')} ×{' '}
        {counted(perTrial, 'fold')} ·{' '}
        <time title={fullTime(startTime)}>
          {endTime !== null
            ? duration(endTime - startTime)
            : isLive(search)
              ? `${duration(Date.now() - startTime)} so far`
              : 'not ended'}
        </time>
        {folds.settled !== null &&
          search.state !== 'finished' &&
          ` · ${folds.settled} of ${folds.total} folds · ${STEP_WORDS[search.step] ?? search.step}`}
        {search.generation !== null && ` · ${generationWords(search.generation)}`}
      </p>
      <Progress search={search} />
    </div>
  );
}
