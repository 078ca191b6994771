/** All searches: how each stands, and what is best so far. */
import { useEffect } from 'preact/hooks';
import '../styles/searches.css';
import type { SearchItem, SearchList } from '../../api.js';
import { parseFilter } from '../filter.js';
import { ago, counted, duration, fullTime, plain, score } from '../format.js';
import { useLoaded } from '../load.js';
import { FilterBox } from '../parts/filter-box.js';
import { SortHead } from '../parts/sort-head.js';
import { isLive, Progress, State } from '../parts/state.js';
import { Command, Nothing, Trouble, Waiting } from '../parts/states.js';
import { Workers } from '../parts/workers.js';
import { place } from '../router.js';
import { sortedBy } from '../sort.js';

const EVERY_MS = 2000;
/** Rows that are drawn; a filter finds the others. */
const MOST_ROWS = 500;

const FIELDS = [
  'name',
  'state',
  'metric',
  'best',
  'test',
  'configurations',
  'model',
  'started',
  'took',
] as const;

const fieldOf = (search: SearchItem, name: string) =>
  ({
    name: search.name,
    state: search.state,
    metric: search.objective.metric,
    best: search.best,
    test: search.testScore,
    configurations: search.trials.total,
    model: search.registered?.name ?? null,
    started: search.startTime,
    took: search.endTime === null ? null : (search.endTime - search.startTime) / 1000,
  })[name];

const rowOf = (search: SearchItem) => ({
  text: `${search.name} ${search.searchId} ${search.state} ${search.registered?.name ?? ''}`.toLowerCase(),
  field: (name: string) => fieldOf(search, name),
});

const HEADS = [
  ['name', 'Search', false],
  ['state', 'State', false],
  ['configurations', 'Configurations', true],
  ['best', 'Best mean', true],
  ['test', 'Held-out', true],
  ['model', 'Model', false],
  ['started', 'Started', false],
  ['took', 'Took', true],
] as const;

export function Searches() {
  document.title = 'Searches · gridsearch';
  const { value, error, again } = useLoaded<SearchList>('/searches');
  // New ones come as well, so it is asked for whether or not one is under way; less often when none is.
  const live = value?.searches.some(isLive) ?? false;
  useEffect(() => {
    const timer = setInterval(
      () => document.visibilityState === 'visible' && again(),
      EVERY_MS * (live ? 1 : 5),
    );
    return () => clearInterval(timer);
  }, [live, again]);
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  if (value.searches.length === 0) {
    return (
      <Nothing>
        <h1>No searches yet</h1>
        <p>A search space in YAML makes one. This one ships with gridsearch and takes a few seconds:</p>
        <Command>npx gridsearch submit search-spaces/quickstart.yaml</Command>
        <p>It appears here as soon as it is queued. Somebody must train it:</p>
        <Command>npx gridsearch worker</Command>
      </Nothing>
    );
  }
  const text = place.value.query.get('filter') ?? '';
  const filter = parseFilter(text, FIELDS);
  const sort = place.value.query.get('sort') ?? '';
  const kept = sortedBy(
    'error' in filter ? value.searches : value.searches.filter((one) => filter.keeps(rowOf(one))),
    sort,
    fieldOf,
  );
  return (
    <>
      <h1>Searches</h1>
      {error !== undefined && <Trouble message={`${error} What is below was true before.`} again={again} />}
      <FilterBox
        value={text}
        hint="a word, or best > 0.8 and state = finished"
        error={'error' in filter ? filter.error : undefined}
      >
        {kept.length} of {counted(value.searches.length, 'search')}
      </FilterBox>
      <Workers workers={value.workers} waiting={live} />
      <table class="rows searches">
        <thead>
          <tr>
            {HEADS.map(([name, title, number]) => (
              <SortHead key={name} name={name} sort={sort} number={number}>
                {title}
              </SortHead>
            ))}
          </tr>
        </thead>
        <tbody>
          {kept.slice(0, MOST_ROWS).map((search) => (
            <SearchRow key={search.searchId} search={search} />
          ))}
        </tbody>
      </table>
      {kept.length > MOST_ROWS && (
        <p class="note">The newest {MOST_ROWS} are shown; filter for the others.</p>
      )}
    </>
  );
}

function SearchRow({ search }: { search: SearchItem }) {
  const { searchId, name, state, trials, folds, objective, registered, startTime, endTime } = search;
  const { queuePosition, perMinute, secondsLeft } = search;
  return (
    <tr>
      <th scope="row">
        <a data-row href={`/searches/${encodeURIComponent(searchId)}`}>
          {name}
        </a>{' '}
        <span class="soft">{searchId.replace(`${name}-`, '')}</span>
      </th>
      <td data-label="State">
        <State state={state} /> <Progress search={search} />
        {queuePosition !== null && <span class="soft"> place {queuePosition} in the queue</span>}
        {search.failure !== null && <span class="reason">{search.failure}</span>}
      </td>
      <td data-label="Configurations" class="number">
        {trials.settled !== null && trials.settled < trials.total
          ? `${trials.settled} of ${trials.total}`
          : trials.total}
        <span class="soft">
          {' '}
          × {trials.total > 0 ? counted(Math.round(folds.total / trials.total), 'fold') : '–'}
        </span>
        {perMinute !== null && perMinute > 0 && (
          <span class="aside">{plain(Number(perMinute.toPrecision(2)))} a minute</span>
        )}
      </td>
      <td data-label={`Best ${objective.metric}`} class="number">
        {score(search.best)} <span class="soft unit">{objective.metric}</span>
      </td>
      <td data-label="Held-out" class="number">
        {score(search.testScore)}
      </td>
      <td data-label="Model">
        {registered === null ? (
          <span class="soft">–</span>
        ) : (
          <a href={`/models?filter=${encodeURIComponent(registered.name)}`}>
            {registered.name} v{registered.version}
          </a>
        )}
      </td>
      <td data-label="Started">
        <time title={fullTime(startTime)}>{ago(startTime)}</time>
      </td>
      <td data-label="Took" class="number">
        {endTime === null
          ? isLive(search)
            ? duration(Date.now() - startTime)
            : '–'
          : duration(endTime - startTime)}
        {secondsLeft !== null && <span class="aside">about {duration(secondsLeft * 1000)} left</span>}
      </td>
    </tr>
  );
}
