/** Why a configuration was pruned: the rule, after what, and the numbers that it went by. */
import type { SearchView } from '../../api.js';
import { counted, plain } from '../format.js';
import { sparedOf } from '../spared.js';

/** `incumbentWorst` and `incumbent_worst` as words. */
const words = (name: string): string =>
  name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Another configuration, by its place in the order of proposal. */
function Named({ view: { columns }, index }: { view: SearchView; index: number }) {
  const row = columns.name.findIndex((name) => name.endsWith(`-${index}`));
  return row === -1 ? (
    <>configuration {index}</>
  ) : (
    <a href={`/runs/${columns.runId[row]}`}>{columns.name[row]}</a>
  );
}

export function WhyPruned({ view, row }: { view: SearchView; row: number }) {
  const { columns, terms } = view;
  const stop = columns.stop[row] ?? null;
  const spared = sparedOf(view, row);
  const rule = stop && terms.pruning.find((words) => words.startsWith(`${stop.rule.replaceAll('_', ' ')}:`));
  return (
    <div class="why-pruned">
      <p>{columns.reason[row]}</p>
      {rule && <p class="soft">{rule[0]!.toUpperCase() + rule.slice(1)}.</p>}
      <dl class="pairs">
        {Object.entries(stop?.numbers ?? {}).map(([name, value]) => (
          <div key={name}>
            <dt>{words(name)}</dt>
            <dd>{name === 'incumbent' ? <Named view={view} index={value} /> : plain(value)}</dd>
          </div>
        ))}
        {stop?.at && (
          <div>
            <dt>stopped</dt>
            <dd>
              at epoch {stop.at.epoch} of fold {stop.at.fold}
            </dd>
          </div>
        )}
        {spared > 0 && (
          <div>
            <dt>spared</dt>
            <dd>{counted(spared, 'fold')}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
