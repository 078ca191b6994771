/** ROC and precision-recall curves of several classifiers over each other. */
import type { ComparedTrial } from '../../api.js';
import type { Axis } from '../axis.js';
import { NAMED } from '../colors.js';
import { plain } from '../format.js';
import { Frame } from './charts/frame.js';

const SHARE: Axis = {
  kind: 'linear',
  at: Number,
  ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: plain(at) })),
};

export function ScoreCurves({ trials }: { trials: readonly ComparedTrial[] }) {
  const known = trials.flatMap(({ name, rows }) =>
    rows === null ? [] : rows.curves.map((curve) => ({ ...curve, of: name })),
  );
  if (known.length === 0) return null;
  const several = (trials.find(({ rows }) => rows !== null)?.rows?.curves.length ?? 1) > 1;
  const title = ({ of, name }: (typeof known)[number]): string => (several ? `${of}, ${name}` : of);
  const area = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
  return (
    <>
      <div class="beside wide">
        <Lines
          title="ROC"
          xTitle="false positive rate"
          yTitle="true positive rate"
          lines={known.map(({ fpr, tpr }) => ({ x: fpr, y: tpr }))}
        />
        <Lines
          title="Precision and recall"
          xTitle="recall"
          yTitle="precision"
          lines={known.map(({ tpr, precision }) => ({ x: tpr, y: precision }))}
        />
      </div>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col" class="number">
              area under ROC
            </th>
            <th scope="col" class="number">
              average precision
            </th>
          </tr>
        </thead>
        <tbody>
          {known.map((curve, i) => (
            <tr key={title(curve)}>
              <th scope="row">
                <svg width="24" height="8" aria-hidden="true">
                  <line x1="0" x2="20" y1="4" y2="4" stroke={NAMED[i % NAMED.length]} stroke-width="2.5" />
                </svg>
                {title(curve)}
              </th>
              <td class="number">{area(curve.auc)}</td>
              <td class="number">{area(curve.averagePrecision)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Lines({
  title,
  xTitle,
  yTitle,
  lines,
}: {
  title: string;
  xTitle: string;
  yTitle: string;
  lines: readonly { readonly x: readonly (number | null)[]; readonly y: readonly (number | null)[] }[];
}) {
  return (
    <div>
      <h3>{title}</h3>
      <Frame x={SHARE} y={SHARE} xTitle={xTitle} yTitle={yTitle} label={title}>
        {(box) =>
          lines.map(({ x, y }, i) => (
            <polyline
              key={i}
              fill="none"
              stroke={NAMED[i % NAMED.length]}
              stroke-width="1.5"
              points={x
                .flatMap((at, k) => (at === null || y[k] == null ? [] : [`${box.x(at)},${box.y(y[k])}`]))
                .join(' ')}
            />
          ))
        }
      </Frame>
    </div>
  );
}
