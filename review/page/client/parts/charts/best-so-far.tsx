/** The best mean as time went on, and every configuration at its end. */
import { axisOf } from '../../axis.js';
import { duration, score } from '../../format.js';
import type { Drawn } from '../../shared.js';
import { Figure } from '../figure.js';
import { BaselineLines } from './baselines.js';
import { Frame } from './frame.js';
import { Points } from './points.js';

/** More lines than these would hide what they divide. */
const MOST_BORDERS = 40;

/** When each generation but the first was handed out, in seconds since the start. */
function bordersOf({ columns, search }: Drawn['view']): { generation: number; at: number }[] {
  const starts = new Map<number, number>();
  for (const [row, generation] of columns.generation.entries()) {
    const start = columns.startTime[row]!;
    if (generation !== null && generation > 1 && columns.endTime[row] !== null)
      starts.set(generation, Math.min(starts.get(generation) ?? start, start));
  }
  if (starts.size > MOST_BORDERS) return [];
  return [...starts].map(([generation, start]) => ({ generation, at: (start - search.startTime) / 1000 }));
}

export function BestSoFar({ drawn }: { drawn: Drawn }) {
  const { columns, evidence, search } = drawn.view;
  const { metric } = search.objective;
  const ended = (row: number): number | null => {
    const time = columns.endTime[row] ?? null;
    return time === null || columns.mean[row] === null ? null : (time - search.startTime) / 1000;
  };
  const times = columns.runId.map((_, row) => ended(row));
  const steps = evidence.bestSoFar;
  const borders = bordersOf(drawn.view);
  const last = Math.max(0, ...times.filter((time) => time !== null));
  const lastBest = steps.at(-1);
  const after =
    lastBest === undefined ? 0 : times.filter((time) => time !== null && time > times[lastBest]!).length;
  const says =
    lastBest === undefined
      ? 'Nothing to draw before the first configuration is complete.'
      : `${columns.name[lastBest]} has been the best since ${duration(times[lastBest]! * 1000)} of ${duration(last * 1000)}; ${after} came after it.`;
  return (
    <Figure
      id="best"
      title="Best so far"
      says={says}
      numbers={() => ({
        head: ['seconds', 'name', metric],
        rows: steps.map((row) => [times[row], columns.name[row], columns.mean[row]]),
      })}
    >
      {() => {
        const x = axisOf([0, ...times], true);
        const y = axisOf(columns.mean, true);
        return (
          <Frame x={x} y={y} xTitle="seconds since the start" yTitle={metric} label={`Best so far: ${says}`}>
            {(box) => {
              const at = (row: number): [number, number] => [
                box.x(x.at(times[row]!)),
                box.y(y.at(columns.mean[row]!)),
              ];
              const path = steps.map((row, i) => {
                const [cx, cy] = at(row);
                return i === 0 ? `M${cx} ${cy}` : `H${cx}V${cy}`;
              });
              return (
                <>
                  {borders.map(({ generation, at }) => (
                    <g key={generation}>
                      <line class="border" x1={box.x(x.at(at))} x2={box.x(x.at(at))} y1={24} y2={box.y(0)} />
                      <title>Generation {generation} began</title>
                    </g>
                  ))}
                  <BaselineLines drawn={drawn} y={y} box={box} />
                  {steps.length > 0 && <path class="steps" d={`${path.join('')}H${box.x(x.at(last))}`} />}
                  <Points drawn={drawn} box={box} x={x} y={y} xs={times} ys={columns.mean} />
                  {lastBest !== undefined && (
                    <text x={at(lastBest)[0]} y={at(lastBest)[1] - 8} text-anchor="middle">
                      {score(columns.mean[lastBest])}
                    </text>
                  )}
                </>
              );
            }}
          </Frame>
        );
      }}
    </Figure>
  );
}
