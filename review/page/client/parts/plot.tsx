/** Lines over epochs, drawn by uPlot. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { NAMED } from '../colors.js';
import type { FoldBand } from '../fold-band.js';
import 'uplot/dist/uPlot.min.css';

export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** The room between the lowest and the highest of what a line is the mean of. */
export interface Band extends FoldBand {
  readonly name: string;
}

const HEIGHT = 240;

export function Plot({
  lines,
  bands = [],
  label,
}: {
  lines: readonly Line[];
  bands?: readonly Band[];
  label: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current!;
    let plot = draw(host, lines, bands);
    const redraw = (): void => {
      plot.destroy();
      plot = draw(host, lines, bands);
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT }));
    sizes.observe(host);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', redraw);
    return () => {
      theme.removeEventListener('change', redraw);
      sizes.disconnect();
      plot.destroy();
    };
  }, [lines.map(({ name, x }) => `${name} ${x.length}`).join(), label]);
  return <div ref={box} class="plot-box" role="img" aria-label={label} />;
}

function draw(host: HTMLElement, lines: readonly Line[], bands: readonly Band[]): uPlot {
  const style = getComputedStyle(host);
  const [ink, rule] = [style.color, style.getPropertyValue('--rule')];
  const edges: Line[] = bands.flatMap(({ name, x, low, high }) => [
    { name: `${name}, highest`, x, y: high },
    { name: `${name}, lowest`, x, y: low },
  ]);
  const steps = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const aligned = [...lines, ...edges].map(({ x, y }) => {
    const at = new Map(x.map((step, i) => [step, y[i] ?? null]));
    return steps.map((step) => at.get(step) ?? null);
  });
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } };
  return new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false } },
      cursor: { y: false },
      axes: [
        {
          ...axis,
          label: 'epoch',
          labelSize: 18,
          size: 28,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
        },
        { ...axis, size: 60 },
      ],
      series: [
        { label: 'epoch', value: (_: uPlot, value: number | null) => String(value ?? '–') },
        ...lines.map(({ name }, i) => ({
          label: name,
          stroke: NAMED[i % NAMED.length]!,
          width: 1.5,
          points: { size: 5 },
          spanGaps: true,
          value: (_: uPlot, value: number | null) => (value === null ? '–' : value.toFixed(4)),
        })),
        ...edges.map(({ name }) => ({ label: name, stroke: 'transparent', points: { show: false } })),
      ],
      bands: bands.map((_, i) => ({
        series: [lines.length + 1 + 2 * i, lines.length + 2 + 2 * i] as [number, number],
        fill: `${NAMED[i % NAMED.length]}2b`,
      })),
      legend: { show: edges.length === 0 },
    },
    [steps, ...aligned],
    host,
  );
}
