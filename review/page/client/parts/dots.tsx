/** A configuration's folds on the scale that all share: a dot each, the mean on a whisker of ± one standard deviation. */
import { score } from '../format.js';
import type { Scale } from '../scale.js';

interface Scores {
  readonly mean: number | null;
  readonly std: number | null;
  readonly folds: readonly (number | null)[];
}

const percent = (place: number): string => `${place.toFixed(3)}%`;

/** @param against - Mean of the winner, drawn as a line through all rows. */
export function Dots({
  scores,
  scale,
  against,
  baselines = [],
}: {
  scores: Scores;
  scale: Scale;
  against: number | null;
  baselines?: readonly { readonly name: string; readonly mean: number }[];
}) {
  const { mean, std, folds } = scores;
  const known = folds.filter((fold) => fold !== null);
  const label =
    mean === null
      ? `folds ${known.map(score).join(', ') || 'none yet'}`
      : `mean ${score(mean)} ± ${score(std)}, folds ${known.map(score).join(', ')}`;
  return (
    <svg class="dots" role="img" aria-label={label} height="18" width="100%">
      <title>{label}</title>
      {scale.ticks.map((tick) => (
        <line
          key={tick}
          class="tick"
          x1={percent(scale.at(tick))}
          x2={percent(scale.at(tick))}
          y1="0"
          y2="18"
        />
      ))}
      {against !== null && (
        <line
          class="against"
          x1={percent(scale.at(against))}
          x2={percent(scale.at(against))}
          y1="0"
          y2="18"
        />
      )}
      {baselines
        .filter(({ mean: one }) => scale.at(one) >= 0 && scale.at(one) <= 100)
        .map(({ name, mean: one }) => (
          <line
            key={name}
            class="baseline"
            x1={percent(scale.at(one))}
            x2={percent(scale.at(one))}
            y1="0"
            y2="18"
          />
        ))}
      {mean !== null && std !== null && (
        <line
          class="whisker"
          x1={percent(scale.at(mean - std))}
          x2={percent(scale.at(mean + std))}
          y1="9"
          y2="9"
        />
      )}
      {known.map((fold, i) => (
        <circle key={i} class="fold" cx={percent(scale.at(fold))} cy="9" r="3" />
      ))}
      {mean !== null && <circle class="mean" cx={percent(scale.at(mean))} cy="9" r="4.5" />}
    </svg>
  );
}

/** The scale's numbers, above the rows. */
export function Axis({ scale }: { scale: Scale }) {
  return (
    <svg class="axis" height="16" width="100%" aria-hidden="true">
      {scale.ticks.map((tick) => (
        <text key={tick} x={percent(scale.at(tick))} y="12" text-anchor="middle">
          {tick.toFixed(scale.digits)}
        </text>
      ))}
    </svg>
  );
}
