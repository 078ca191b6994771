/** Learning curves of several configurations: the mean over the folds of each, between its lowest and highest fold. */

import { useState } from 'preact/hooks';
import type { ComparedTrial } from '../../api.js';
import { NAMED } from '../colors.js';
import { foldBand } from '../fold-band.js';
import { CurveSelect } from './curve-select.js';
import { type Band, Plot } from './plot.js';

export function ComparedCurves({ trials }: { trials: readonly ComparedTrial[] }) {
  const names = [
    ...new Set(trials.flatMap(({ curves }) => curves.flatMap(({ metrics }) => Object.keys(metrics)))),
  ].sort((a, b) => Number(!a.startsWith('val_')) - Number(!b.startsWith('val_')) || a.localeCompare(b));
  const [picked, setPicked] = useState<string>();
  const metric = picked ?? names.find((name) => name === `val_${trials[0]!.metric}`) ?? names[0];
  if (metric === undefined)
    return <p class="note">No learning curves: nothing was logged for more than one epoch.</p>;
  const bands: Band[] = trials.flatMap(({ name, curves }) => {
    const folds = curves.flatMap(({ metrics }) => metrics[metric] ?? []);
    return folds.length === 0 ? [] : [{ name, ...foldBand(folds) }];
  });
  return (
    <div class="curves">
      <CurveSelect names={names} chosen={metric} onChoose={setPicked} />
      <Plot
        lines={bands.map(({ name, x, mean }) => ({ name, x, y: mean }))}
        bands={bands}
        label={`${metric} by epoch, mean over the folds`}
      />
      <ul class="legend">
        {bands.map(({ name }, i) => (
          <li key={name}>
            <svg width="24" height="8" aria-hidden="true">
              <line x1="0" x2="20" y1="4" y2="4" stroke={NAMED[i % NAMED.length]} stroke-width="2.5" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <p class="note">
        The line is the mean over the folds that got so far, the band from the lowest to the highest of them.
      </p>
    </div>
  );
}
