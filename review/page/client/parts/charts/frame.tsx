/** The frame of a chart with two axes: lines at round values, their labels, and what is drawn between. */
import type { ComponentChildren } from 'preact';
import type { Axis } from '../../axis.js';
import { useWidth } from '../../use-width.js';

const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 24, 34];

export interface Box {
  x(share: number): number;
  y(share: number): number;
  readonly width: number;
  readonly height: number;
}

export function Frame({
  x,
  y,
  xTitle,
  yTitle,
  label,
  height = 300,
  children,
}: {
  x: Axis;
  y: Axis;
  xTitle: string;
  yTitle: string;
  label: string;
  height?: number;
  children: (box: Box) => ComponentChildren;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const box: Box = {
    width,
    height,
    x: (share) => LEFT + share * (width - LEFT - RIGHT),
    y: (share) => height - BOTTOM - share * (height - TOP - BOTTOM),
  };
  const room = (width - LEFT - RIGHT) / Math.max(1, x.ticks.length);
  return (
    <div ref={ref}>
      <svg class="chart" data-drawing role="img" aria-label={label} height={height} width={width}>
        <title>{label}</title>
        {y.ticks.map(({ at, label: text }) => (
          <g key={text}>
            <line class="tick" x1={LEFT} x2={width - RIGHT} y1={box.y(at)} y2={box.y(at)} />
            <text x={LEFT - 6} y={box.y(at) + 4} text-anchor="end">
              {cut(text, 50)}
            </text>
          </g>
        ))}
        {x.ticks.map(({ at, label: text }) => (
          <g key={text}>
            <line class="tick" x1={box.x(at)} x2={box.x(at)} y1={TOP} y2={height - BOTTOM} />
            <text x={box.x(at)} y={height - BOTTOM + 14} text-anchor="middle">
              {cut(text, room)}
              <title>{text}</title>
            </text>
          </g>
        ))}
        <text x={width - RIGHT} y={height - 2} text-anchor="end">
          {xTitle}
        </text>
        <text x={0} y={11}>
          {yTitle}
        </text>
        {children(box)}
      </svg>
    </div>
  );
}

/** Cut in the middle, only where it must be. */
function cut(text: string, pixels: number): string {
  const most = Math.max(4, Math.floor(pixels / 6.2));
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`;
}
