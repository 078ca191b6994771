/** Which fold is odd: how far each lies from the others, over all configurations that have every fold. */
import { plain } from '../../format.js';
import type { Drawn } from '../../shared.js';
import { Figure } from '../figure.js';

export function Folds({ drawn }: { drawn: Drawn }) {
  const { view, rows } = drawn;
  const { columns, search } = view;
  const whole = rows.filter((row) => {
    const folds = columns.folds[row] ?? [];
    return folds.length > 1 && folds.every((score) => score !== null);
  });
  const count = columns.folds[0]?.length ?? 0;
  if (whole.length === 0 || count < 2) return null;
  const average = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const means = Array.from({ length: count }, (_, fold) =>
    average(whole.map((row) => columns.folds[row]![fold]!)),
  );
  const overall = average(means);
  const odd = means.reduce(
    (most, mean, fold) => (Math.abs(mean - overall) > Math.abs(means[most]! - overall) ? fold : most),
    0,
  );
  const away = means[odd]! - overall;
  const spread = average(whole.map((row) => columns.std[row] ?? 0));
  const says = `Fold ${odd} is the odd one: ${plain(Number(Math.abs(away).toPrecision(2)))} ${away < 0 ? 'below' : 'above'} the mean of all folds, where a configuration’s own spread over its folds is ${plain(Number(spread.toPrecision(2)))}.`;
  const most = Math.max(...means.map((mean) => Math.abs(mean - overall))) || 1;
  return (
    <Figure
      id="folds"
      title="Folds"
      says={says}
      numbers={() => ({
        head: ['fold', `mean ${search.objective.metric}`, 'from the mean of all'],
        rows: means.map((mean, fold) => [fold, mean, mean - overall]),
      })}
    >
      {() => (
        <svg class="chart" data-drawing role="img" aria-label={says} height={count * 22 + 8} width="100%">
          <title>{says}</title>
          <line class="frame" x1="60%" x2="60%" y1="0" y2={count * 22} />
          {means.map((mean, fold) => {
            const share = ((mean - overall) / most) * 30;
            return (
              <g key={fold}>
                <text x="0" y={fold * 22 + 15}>
                  fold {fold}: {mean.toFixed(4)}
                </text>
                <rect
                  class="point"
                  x={`${60 + Math.min(0, share)}%`}
                  width={`${Math.abs(share)}%`}
                  y={fold * 22 + 5}
                  height="12"
                />
                <text x="92%" y={fold * 22 + 15}>
                  {mean >= overall ? '+' : '−'}
                  {Math.abs(mean - overall).toFixed(4)}
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </Figure>
  );
}
