/** What a search was told to do, and how much it has used of what it may take. */
import '../styles/terms.css';
import type { Budget, SearchView } from '../../api.js';
import { counted, duration } from '../format.js';
import { useNow } from '../use-now.js';

export function Terms({ view, budget }: { view: SearchView; budget: Budget | null }) {
  const { terms, cut } = view;
  return (
    <dl class="terms" aria-label="What the search was told to do">
      <Term name="Strategy">{terms.strategy}</Term>
      <Term name="Cross-validation">{terms.crossValidation}</Term>
      {terms.pruning.map((rule) => (
        <Term key={rule} name="Pruning">
          {rule}
        </Term>
      ))}
      {terms.constraints !== null && (
        <Term name="Constraints">
          <code>{terms.constraints.where}</code>
          {terms.constraints.removed !== null && (
            <span class="soft"> removed {counted(terms.constraints.removed, 'configuration')}</span>
          )}
        </Term>
      )}
      {budget !== null && (
        <Term name="Budget">
          <Used budget={budget} />
        </Term>
      )}
      {cut !== null && <Term name="Cut">{cut}</Term>}
    </dl>
  );
}

const Term = ({ name, children }: { name: string; children: preact.ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Each limit by itself; those of the whole search with a bar. */
function Used({ budget: { maxDuration, maxFailures, trialTimeout, maxMemory } }: { budget: Budget }) {
  const now = useNow(maxDuration !== null && maxDuration.since !== null && maxDuration.until === null);
  const used =
    maxDuration?.since == null ? 0 : Math.max(0, ((maxDuration.until ?? now) - maxDuration.since) / 1000);
  return (
    <ul class="budget">
      {maxDuration !== null && (
        <Limit
          says={`${duration(used * 1000)} of ${maxDuration.written}`}
          about="of its time"
          used={used}
          most={maxDuration.seconds}
        />
      )}
      {maxFailures !== null && (
        <Limit
          says={`${maxFailures.failed} of ${counted(maxFailures.most, 'failure')}`}
          about="of the failures that it may have"
          used={maxFailures.failed}
          most={maxFailures.most}
        />
      )}
      {trialTimeout !== null && <li>{trialTimeout} a fold</li>}
      {maxMemory !== null && <li>{maxMemory} a training process</li>}
    </ul>
  );
}

const Limit = ({ says, about, used, most }: { says: string; about: string; used: number; most: number }) => (
  <li>
    {says}
    <progress max={Math.max(most, 1)} value={Math.min(used, most)} aria-label={`${says}, ${about}`} />
  </li>
);
