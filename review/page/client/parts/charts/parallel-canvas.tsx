/** Draws parallel coordinates on a canvas, and takes brushes from the pointer. */
import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { brushed } from '../../brush.js';
import { viridis } from '../../colors.js';
import { BOTTOM, crossing, nearest, type ParallelAxis, shareAt, TOP } from '../../parallel.js';
import { type Drawn, lit, shareOf } from '../../shared.js';

/** How near to an axis a brush begins, px. */
const NEAR = 22;

export function ParallelCanvas({
  drawn,
  axes,
  width,
  height,
  onBrush,
}: {
  drawn: Drawn;
  axes: readonly ParallelAxis[];
  width: number;
  height: number;
  onBrush: (name: string, clauses: readonly string[]) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const brush = useRef<{ axis: ParallelAxis; from: number; to: number } | undefined>(undefined);
  const scale = window.devicePixelRatio || 1;
  const { view, rows, kept } = drawn;

  const pen = (element: HTMLCanvasElement): CanvasRenderingContext2D => {
    const context = element.getContext('2d')!;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  };
  const line = (context: CanvasRenderingContext2D, row: number): void => {
    context.beginPath();
    for (const [i, axis] of axes.entries()) {
      const y = crossing(axis, row, height);
      if (i === 0) context.moveTo(axis.x, y);
      else context.lineTo(axis.x, y);
    }
    context.stroke();
  };

  useLayoutEffect(() => {
    const draw = (): void => drawLines();
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', draw);
    draw();
    return () => theme.removeEventListener('change', draw);
  });

  function drawLines(): void {
    const context = pen(canvas.current!);
    const style = getComputedStyle(canvas.current!);
    const [ink, soft] = [style.color, style.getPropertyValue('--soft')];
    const share = shareOf(view);
    // The best are drawn last, above the others.
    const order = [...rows].sort((a, b) => (share(a) ?? -1) - (share(b) ?? -1));
    context.lineWidth = 1;
    context.strokeStyle = soft;
    context.globalAlpha = 0.08;
    if (kept.size < view.columns.runId.length)
      for (const row of view.columns.runId.keys()) if (!kept.has(row)) line(context, row);
    context.globalAlpha = rows.length > 500 ? 0.35 : 0.75;
    for (const row of order) {
      const of = share(row);
      // Not from its darkest: that is not seen on a dark page.
      context.strokeStyle = of === null ? soft : viridis(0.15 + 0.85 * of);
      context.lineWidth = row === view.evidence.winner ? 3 : 1.2;
      line(context, row);
    }
    context.globalAlpha = 1;
    context.font = '11px system-ui, sans-serif';
    for (const { title, axis, turned, x } of axes) {
      context.strokeStyle = ink;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, TOP);
      context.lineTo(x, height - BOTTOM);
      context.stroke();
      context.fillStyle = ink;
      context.textAlign = 'center';
      context.fillText(
        title,
        Math.min(
          Math.max(x, context.measureText(title).width / 2 + 2),
          width - context.measureText(title).width / 2 - 2,
        ),
        14,
      );
      const last = x + 60 > width;
      context.textAlign = last ? 'right' : 'left';
      for (const { at, label } of axis.ticks) {
        const y = TOP + (turned ? at : 1 - at) * (height - TOP - BOTTOM);
        const place = last ? x - 5 : x + 5;
        const wide = context.measureText(label).width;
        context.globalAlpha = 0.8;
        context.fillStyle = style.getPropertyValue('--paper');
        context.fillRect(last ? place - wide - 2 : place - 2, y - 7, wide + 4, 14);
        context.globalAlpha = 1;
        context.fillStyle = ink;
        context.fillText(label, place, y + 4);
      }
    }
  }

  const drawOver = (): void => {
    if (over.current === null) return;
    const context = pen(over.current);
    const style = getComputedStyle(over.current);
    const row = lit.value;
    if (row !== undefined) {
      context.strokeStyle = style.color;
      context.lineWidth = 3;
      line(context, row);
      context.fillStyle = style.color;
      context.font = '600 12px system-ui, sans-serif';
      context.fillText(view.columns.name[row] ?? '', 4, height - 2);
    }
    const { axis, from, to } = brush.current ?? {};
    if (axis === undefined) return;
    context.fillStyle = style.getPropertyValue('--accent');
    context.globalAlpha = 0.25;
    context.fillRect(axis.x - 8, Math.min(from!, to!), 16, Math.abs(to! - from!));
  };
  useSignalEffect(drawOver);

  const placeOf = (event: PointerEvent): { x: number; y: number } => {
    const { left, top } = over.current!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  return (
    <div style={{ position: 'relative', width: `${width}px`, height: `${height}px` }}>
      <canvas
        ref={canvas}
        width={width * scale}
        height={height * scale}
        style={{ position: 'absolute', width: `${width}px`, height: `${height}px` }}
      />
      <canvas
        ref={over}
        data-brush
        width={width * scale}
        height={height * scale}
        style={{ position: 'absolute', width: `${width}px`, height: `${height}px` }}
        role="img"
        aria-label="Parallel coordinates; the fields below do what brushing does"
        onPointerDown={(event) => {
          const { x, y } = placeOf(event);
          const axis = axes.find((one) => Math.abs(one.x - x) < NEAR);
          if (axis === undefined) return;
          event.preventDefault();
          over.current!.setPointerCapture(event.pointerId);
          brush.current = { axis, from: y, to: y };
        }}
        onPointerMove={(event) => {
          const { x, y } = placeOf(event);
          if (brush.current !== undefined) {
            brush.current.to = y;
            drawOver();
          } else lit.value = nearest(axes, rows, height, x, y);
        }}
        onPointerUp={() => {
          const { axis, from, to } = brush.current ?? {};
          brush.current = undefined;
          drawOver();
          if (axis === undefined) return;
          const shares = [shareAt(axis, from!, height), shareAt(axis, to!, height)] as const;
          // A click on an axis takes its brush away.
          const clauses =
            Math.abs(to! - from!) < 4 ? [] : brushed(axis.name, axis.axis, axis.values, ...shares);
          onBrush(axis.name, clauses);
        }}
        onPointerLeave={() => {
          lit.value = undefined;
        }}
      />
    </div>
  );
}
