/** One version of a model: how it fares on its test rows, beside another, what happened to it, and what it says of a text. */
import '../styles/compare.css';
import '../styles/models.css';
import type { VersionView } from '../../api.js';
import { ago, fullTime, plain, score } from '../format.js';
import { useLoaded } from '../load.js';
import { Judged, Rows } from '../parts/judged.js';
import { Lineage } from '../parts/lineage.js';
import { Trouble, Waiting } from '../parts/states.js';
import { type Tried, TryIt } from '../parts/try-it.js';
import { place, setQuery } from '../router.js';

export function Version({ name, version }: { name: string; version: string }) {
  const against = place.value.query.get('against') ?? '';
  const path = `/models/${encodeURIComponent(name)}/${encodeURIComponent(version)}`;
  const { value, error, again } = useLoaded<VersionView>(
    against === '' ? path : `${path}?against=${encodeURIComponent(against)}`,
  );
  document.title = `${name} v${version} · gridsearch`;
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  const { aliases, verdict, created, lineage, judged, params } = value;
  return (
    <>
      <div class="heading">
        <h1>
          {name} <span class="soft">version {version}</span>
        </h1>
        <p>
          {aliases.length === 0 ? 'no alias' : aliases.join(', ')} · registered{' '}
          <time title={fullTime(created)}>{ago(created)}</time>
          {verdict !== null && ` · ${verdict}`}
        </p>
      </div>
      <Lineage steps={lineage} />
      <SameRows view={value} />
      <Against view={value} />
      {judged === null ? (
        <p class="note">What it said of its test rows was not recorded.</p>
      ) : (
        <Judged judged={judged} of="Test rows" id={`${name}-v${version}`} />
      )}
      <TryIt name={name} versions={triedOf(value)} />
      <div class="columns">
        <History view={value} />
        <section>
          <h2>Parameters</h2>
          <dl class="pairs">
            {Object.entries(params)
              .sort(([a], [b]) => a.localeCompare(b))
              .map(([key, one]) => (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd>{typeof one === 'number' ? plain(one) : String(one)}</dd>
                </div>
              ))}
          </dl>
        </section>
      </div>
    </>
  );
}

/** This one, and those that have an alias. */
function triedOf({ version, aliased, aliases }: VersionView): Tried[] {
  const title = (one: string, names: readonly string[]): string => [`v${one}`, ...names].join(' ');
  return [
    { version, title: title(version, aliases) },
    ...aliased
      .filter((one) => one.version !== version)
      .map((one) => ({ version: one.version, title: title(one.version, one.aliases) })),
  ].slice(0, 4);
}

function History({ view: { history } }: { view: VersionView }) {
  return (
    <section>
      <h2>What happened to the champion</h2>
      {history.length === 0 && <p class="note">Nothing since the first version.</p>}
      <ul class="events">
        {history.map(({ at, version, what }) => (
          <li key={at + version + what}>
            <time title={fullTime(Date.parse(at))}>{ago(Date.parse(at))}</time>: version {version} {what}
          </li>
        ))}
      </ul>
    </section>
  );
}

function SameRows({ view: { name, version, sameRows, otherRows, metric } }: { view: VersionView }) {
  const metrics = [...new Set(sameRows.flatMap((one) => Object.keys(one.metrics)))].sort(
    (a, b) => Number(b === metric) - Number(a === metric) || a.localeCompare(b),
  );
  return (
    <section aria-labelledby="same">
      <h2 id="same">On the same test rows</h2>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Alias</th>
            {metrics.map((one) => (
              <th key={one} scope="col" class="number">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sameRows.map((one) => (
            <tr key={one.version} class={one.version === version ? 'winner' : undefined}>
              <th scope="row">
                <a data-row href={`/models/${encodeURIComponent(name)}/${one.version}`}>
                  v{one.version}
                </a>
              </th>
              <td data-label="Alias">{one.aliases.join(', ') || '–'}</td>
              {metrics.map((key) => (
                <td key={key} data-label={key} class="number">
                  {score(one.metrics[key])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {otherRows.length > 0 && (
        <p class="note">
          On other rows, so not to be held against it: {otherRows.map((one) => `v${one}`).join(', ')}.
        </p>
      )}
    </section>
  );
}

function Against({ view: { version, against, sameRows } }: { view: VersionView }) {
  const others = sameRows.filter((one) => one.version !== version);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="against">
      <h2 id="against">Row by row</h2>
      <p class="fields">
        <label>
          <span>against</span>{' '}
          <select
            value={against?.version ?? ''}
            onChange={({ currentTarget }) => setQuery('against', currentTarget.value)}
          >
            {against === null && <option value="">a version…</option>}
            {others.map((one) => (
              <option key={one.version} value={one.version}>
                version {one.version}
                {one.aliases.length > 0 && ` (${one.aliases.join(', ')})`}
              </option>
            ))}
          </select>
        </label>
      </p>
      {against === null ? (
        <p class="note">Row by row they can’t be compared: not recorded, or of other rows.</p>
      ) : (
        <>
          <p>
            They answer differently on {against.differingInAll} of {against.rows} rows: only version {version}{' '}
            is right on {against.onlyThis}, only version {against.version} on {against.onlyOther}, both on{' '}
            {against.bothRight} (McNemar’s exact test, p ={' '}
            {against.p < 0.001 ? '< 0.001' : against.p.toFixed(3)}).
          </p>
          {against.differing.length > 0 && (
            <details>
              <summary>Rows on which they differ</summary>
              <Rows rows={against.differing} others={[`v${version}`, `v${against.version}`]} />
              {against.differingInAll > against.differing.length && (
                <p class="note">
                  The first {against.differing.length} of {against.differingInAll}.
                </p>
              )}
            </details>
          )}
        </>
      )}
    </section>
  );
}
