/** Learning curves: one metric at a time, a line each run, and the same as numbers. */

import { useState } from 'preact/hooks';
import type { RunView } from '../../api.js';
import { plain } from '../format.js';
import { CurveSelect } from './curve-select.js';
import { type Line, Plot } from './plot.js';

export function CurvePicker({ curves }: { curves: RunView['curves'] }) {
  const names = [...new Set(curves.flatMap(({ metrics }) => Object.keys(metrics)))].sort(byInterest);
  const [picked, setPicked] = useState<string>();
  const metric = picked ?? names[0];
  if (metric === undefined)
    return <p class="note">No learning curves: nothing was logged for more than one epoch.</p>;
  const lines: Line[] = curves.flatMap(({ runName, metrics }) => {
    const curve = metrics[metric];
    return curve === undefined ? [] : [{ name: runName, x: curve.steps, y: curve.values }];
  });
  const steps = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  return (
    <div class="curves">
      <CurveSelect names={names} chosen={metric} onChoose={setPicked} />
      <Plot lines={lines} label={`${metric} by epoch`} />
      <details>
        <summary>Numbers</summary>
        <table class="plain">
          <thead>
            <tr>
              <th scope="col" class="number">
                epoch
              </th>
              {lines.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step}>
                <th scope="row" class="number">
                  {step}
                </th>
                {lines.map(({ name, x, y }) => (
                  <td key={name} class="number">
                    {plain(y[x.indexOf(step)] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

/** What tells most first: scores of validation rows, then their loss, then the training's own. */
function byInterest(a: string, b: string): number {
  const order = (name: string): number =>
    name === 'val_loss' ? 1 : name.startsWith('val_') ? (/accuracy/.test(name) ? 0.5 : 0) : 2;
  return order(a) - order(b) || a.localeCompare(b);
}
