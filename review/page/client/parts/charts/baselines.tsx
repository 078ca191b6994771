/** Baselines as lines in a chart whose vertical axis is the score. */
import type { Axis } from '../../axis.js';
import type { Drawn } from '../../shared.js';
import type { Box } from './frame.js';

export function BaselineLines({ drawn, y, box }: { drawn: Drawn; y: Axis; box: Box }) {
  return (
    <>
      {drawn.view.evidence.baselines.map(({ name, mean }) => {
        const at = y.at(mean);
        if (!(at >= 0 && at <= 1)) return null;
        return (
          <g key={name}>
            <line class="baseline" x1={box.x(0)} x2={box.x(1)} y1={box.y(at)} y2={box.y(at)} />
            <text class="baseline-name" x={box.x(1)} y={box.y(at) - 4} text-anchor="end">
              {name}
            </text>
          </g>
        );
      })}
    </>
  );
}
