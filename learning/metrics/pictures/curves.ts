/** Pictures of ROC and precision-recall curves. */
import type { NamedCurve, PrecisionRecallCurve, RocCurve } from '../curves.js';
import {
  escapeXml,
  FAINT,
  INK,
  label,
  lineStyle,
  place,
  svgDocument,
  type UnitPlot,
  unitAxes,
} from './svg.js';

const PLOT: UnitPlot = { left: 70, top: 48, size: 360 };
const LEGEND_ROW = 22;
/** More lines than this nobody can tell apart; the rest is in the data. */
const MOST_LINES = 12;

interface Line {
  readonly points: string;
  /** Legend text: class name and area. */
  readonly name: string;
}

/** Draws ROC curves with the diagonal of a guess; the legend gives each class's area. */
export function rocCurveSvg(curves: readonly NamedCurve<RocCurve>[]): string {
  return drawLines({
    title: 'ROC curve',
    xName: 'False positive rate',
    yName: 'True positive rate',
    lines: curves.map(({ name, curve }) => ({
      points: curve.fpr.map((x, index) => place(PLOT, x, curve.tpr[index]!)).join(' '),
      name: `${name} (AUC = ${curve.auc.toFixed(3)})`,
    })),
    guess: [
      `<path d="M${place(PLOT, 0, 0)} L${place(PLOT, 1, 1)}" stroke="${INK}" stroke-dasharray="2 5"><title>a guess</title></path>`,
    ],
  });
}

/** Draws precision-recall curves as steps, with the height a guess would reach; the legend gives average precision. */
export function precisionRecallSvg(curves: readonly NamedCurve<PrecisionRecallCurve>[]): string {
  return drawLines({
    title: 'Precision-recall curve',
    xName: 'Recall',
    yName: 'Precision',
    lines: curves.map(({ name, curve }) => ({
      points: steps(curve),
      name: `${name} (AP = ${curve.averagePrecision.toFixed(3)})`,
    })),
    guess: curves
      .slice(0, MOST_LINES)
      .map(
        ({ name, curve }, index) =>
          `<path d="M${place(PLOT, 0, curve.prevalence)} L${place(PLOT, 1, curve.prevalence)}" ${lineStyle(index)} opacity="0.4"><title>${escapeXml(`a guess: ${name}`)}</title></path>`,
      ),
  });
}

/** Between two thresholds recall jumps while precision is that of the lower one: drawing slopes would flatter. */
function steps({ recall, precision }: PrecisionRecallCurve): string {
  const points = [place(PLOT, recall[0]!, precision[0]!)];
  for (let i = 1; i < recall.length; i++) {
    points.push(place(PLOT, recall[i]!, precision[i - 1]!), place(PLOT, recall[i]!, precision[i]!));
  }
  return points.join(' ');
}

function drawLines(options: {
  title: string;
  xName: string;
  yName: string;
  lines: readonly Line[];
  guess: readonly string[];
}): string {
  const shown = options.lines.slice(0, MOST_LINES);
  const hidden = options.lines.length - shown.length;
  const legendTop = PLOT.top + PLOT.size + 70;
  const legend = shown.flatMap((line, index) => {
    const y = legendTop + index * LEGEND_ROW;
    return [
      `<path d="M${PLOT.left} ${y} h34" ${lineStyle(index)} stroke-width="2.5"/>`,
      `<text x="${PLOT.left + 44}" y="${y + 4.5}">${label(line.name, 48)}</text>`,
    ];
  });
  const rest =
    hidden > 0
      ? [
          `<text x="${PLOT.left}" y="${legendTop + shown.length * LEGEND_ROW + 4}">and ${hidden} more classes</text>`,
        ]
      : [];
  return svgDocument({
    width: 460,
    height: legendTop + (shown.length + rest.length) * LEGEND_ROW,
    title: options.title,
    description: `${options.yName} against ${options.xName.toLowerCase()}. ${shown.map((line) => line.name).join('; ') || 'No class has both positive and negative rows.'}`,
    body: [
      ...unitAxes(PLOT, options.xName, options.yName),
      `<g fill="none">${options.guess.join('')}</g>`,
      ...shown.map(
        (line, index) =>
          `<polyline points="${line.points}" fill="none" ${lineStyle(index)} stroke-width="2.5" stroke-linejoin="round"/>`,
      ),
      `<path d="M${PLOT.left} ${legendTop - LEGEND_ROW / 2 - 4} h${PLOT.size}" stroke="${FAINT}"/>`,
      ...legend,
      ...rest,
    ],
  });
}
