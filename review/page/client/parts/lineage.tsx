/** Where something came from and what it led to. */
import type { LineageStep } from '../../api.js';
import { score } from '../format.js';

export function Lineage({ steps }: { steps: readonly LineageStep[] }) {
  return (
    <ol class="lineage" aria-label="Lineage">
      {steps.map(({ what, name, href, score: reached, gap }) => (
        <li key={what + name}>
          <span class="soft">{what}</span> {href === null ? name : <a href={href}>{name}</a>}
          {reached !== null && <span class="reached"> {score(reached)}</span>}
          {gap != null && (
            <span class="soft">
              {' '}
              ({gap < 0 ? '−' : '+'}
              {score(Math.abs(gap))} to the folds)
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
