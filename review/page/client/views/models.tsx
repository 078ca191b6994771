/** Registered models: their versions, which of them serves, and why. */
import '../styles/models.css';
import type { ModelList } from '../../api.js';
import { parseFilter } from '../filter.js';
import { ago, fullTime, score } from '../format.js';
import { useLoaded } from '../load.js';
import { Confirmed } from '../parts/confirmed.js';
import { FilterBox } from '../parts/filter-box.js';
import { Command, Nothing, Trouble, Waiting } from '../parts/states.js';
import { place } from '../router.js';

type Version = ModelList['versions'][number];
const FIELDS = ['name', 'version', 'score'] as const;

const rowOf = ({ name, version, aliases, searchId, testScore }: Version) => ({
  text: `${name} ${aliases.join(' ')} ${searchId ?? ''}`.toLowerCase(),
  field: (field: string) => ({ name, version: Number(version), score: testScore })[field],
});

export function Models() {
  document.title = 'Models · gridsearch';
  const { value, error, again } = useLoaded<ModelList>('/models');
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  if (value.versions.length === 0) {
    return (
      <Nothing>
        <h1>No models yet</h1>
        <p>A search that ends well registers its winner:</p>
        <Command>npx gridsearch submit search-spaces/quickstart.yaml</Command>
      </Nothing>
    );
  }
  const text = place.value.query.get('filter') ?? '';
  const filter = parseFilter(text, FIELDS);
  const kept = 'error' in filter ? value.versions : value.versions.filter((one) => filter.keeps(rowOf(one)));
  const names = [...new Set(kept.map(({ name }) => name))];
  return (
    <>
      <h1>Models</h1>
      <FilterBox
        value={text}
        hint="a name, an alias, or score > 0.8"
        error={'error' in filter ? filter.error : undefined}
      >
        {kept.length} of {value.versions.length} versions
      </FilterBox>
      {names.map((name) => (
        <Model
          key={name}
          name={name}
          versions={kept.filter((one) => one.name === name)}
          champion={
            value.versions.find((one) => one.name === name && one.aliases.includes('champion')) ?? null
          }
          again={again}
        />
      ))}
      {kept.length === 0 && <p class="note">Nothing fits this filter.</p>}
    </>
  );
}

function Model({
  name,
  versions,
  champion,
  again,
}: {
  name: string;
  versions: readonly Version[];
  champion: Version | null;
  again: () => void;
}) {
  const path = `/models/${encodeURIComponent(name)}`;
  const metric = versions[0]?.metric ?? 'score';
  return (
    <section>
      <h2>{name}</h2>
      {champion?.previousChampion && (
        <p class="fields">
          <Confirmed
            label="Roll back"
            about={name}
            question={`Make version ${champion.previousChampion} the champion of ${name} again, in place of version ${champion.version}? Whoever serves ${name} follows.`}
            path={`${path}/rollback`}
            body={{ champion: champion.version }}
            onChanged={again}
          />
        </p>
      )}
      <table class="rows models">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Alias</th>
            <th scope="col" class="number">
              {metric}, held-out rows
            </th>
            <th scope="col">Why</th>
            <th scope="col">Search</th>
            <th scope="col">Registered</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.version}>
              <th scope="row">
                <a data-row href={`/models/${encodeURIComponent(name)}/${version.version}`}>
                  v{version.version}
                </a>
              </th>
              <td data-label="Alias">
                {version.aliases.length === 0 && <span class="soft">–</span>}
                {version.aliases.map((alias) => (
                  <span key={alias} class={`alias ${alias}`}>
                    {alias}
                  </span>
                ))}
                {version !== champion && (
                  <Confirmed
                    label="Promote"
                    about={`version ${version.version} of ${name}`}
                    question={`Make version ${version.version} the champion of ${name}${champion === null ? '' : ` in place of version ${champion.version} (${score(champion.testScore)} on its held-out rows, against ${score(version.testScore)})`}? Whoever serves ${name} follows.`}
                    path={`${path}/promote`}
                    body={{ version: version.version, champion: champion?.version ?? null }}
                    onChanged={again}
                  />
                )}
              </td>
              <td data-label={metric} class="number">
                {score(version.testScore)}
              </td>
              <td data-label="Why" class="why">
                {version.verdict ?? <span class="soft">not recorded</span>}
              </td>
              <td data-label="Search">
                {version.searchId === null ? (
                  <span class="soft">–</span>
                ) : (
                  <a href={`/searches/${encodeURIComponent(version.searchId)}`}>{version.searchId}</a>
                )}
              </td>
              <td data-label="Registered">
                <time title={fullTime(version.created)}>{ago(version.created)}</time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
