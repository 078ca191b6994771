/** Who trained what when: a lane for each training process. */
import type { Timeline } from '../../../api.js';
import { counted, duration } from '../../format.js';
import { busyShare, lanesOf } from '../../lanes.js';
import { useLoaded } from '../../load.js';
import { go, place } from '../../router.js';
import { type Drawn, lit } from '../../shared.js';
import { useWidth } from '../../use-width.js';
import { Figure, type Numbers } from '../figure.js';
import { Trouble, Waiting } from '../states.js';

const NONE: Numbers = { head: ['worker', 'job', 'start', 'seconds', 'status', 'earlier attempts'], rows: [] };

export function WorkerTimeline({ drawn }: { drawn: Drawn }) {
  const isOpen = (place.value.query.get('open') ?? '').split(',').includes('timeline');
  return isOpen ? <Opened drawn={drawn} /> : <Closed />;
}

const Closed = () => (
  <Figure
    id="timeline"
    title="Timeline of the workers"
    says="Who trained what when, and what was taken over."
    numbers={() => NONE}
  >
    {() => null}
  </Figure>
);

function Opened({ drawn }: { drawn: Drawn }) {
  const { search } = drawn.view;
  const { value, error, again } = useLoaded<Timeline>(
    `/searches/${encodeURIComponent(search.searchId)}/timeline`,
  );
  const now = search.endTime ?? Date.now();
  const lanes = value === undefined ? [] : lanesOf(value, now);
  return (
    <Figure
      id="timeline"
      title="Timeline of the workers"
      says={value === undefined ? 'Who trained what when.' : sentence(value, lanes, now)}
      numbers={() => (value === undefined ? NONE : numbersOf(value))}
    >
      {() =>
        value !== undefined ? (
          <Lanes drawn={drawn} timeline={value} lanes={lanes} now={now} />
        ) : error === undefined ? (
          <Waiting rows={3} />
        ) : (
          <Trouble message={error} again={again} />
        )
      }
    </Figure>
  );
}

function sentence(timeline: Timeline, lanes: ReturnType<typeof lanesOf>, now: number): string {
  const again = timeline.earlier.filter((count) => count > 0).length;
  const failed = timeline.status.filter((status) => status === 'FAILED').length;
  const parts = [
    `${counted(timeline.runId.length, 'job')} on ${counted(lanes.length, 'process')}, at work for ${Math.round(busyShare(timeline, lanes, now) * 100)} % of the time`,
    ...(again > 0 ? [`${again} taken over from an earlier attempt`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(timeline.leftOut > 0 ? [`${timeline.leftOut} more are not sent`] : []),
  ];
  return `${parts.join('; ')}.`;
}

const numbersOf = (timeline: Timeline): Numbers => ({
  head: NONE.head,
  rows: timeline.runId.map((_, job) => [
    timeline.worker[job],
    jobName(timeline, job),
    new Date(timeline.startTime[job]!).toISOString(),
    timeline.endTime[job] == null ? null : (timeline.endTime[job]! - timeline.startTime[job]!) / 1000,
    timeline.status[job],
    timeline.earlier[job],
  ]),
});

const jobName = ({ name, fold }: Timeline, job: number): string =>
  `${name[job]} ${fold[job] === null ? 'refit' : `fold ${fold[job]}`}`;

const ROW = 20;

function Lanes({
  drawn,
  timeline,
  lanes,
  now,
}: {
  drawn: Drawn;
  timeline: Timeline;
  lanes: ReturnType<typeof lanesOf>;
  now: number;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  if (timeline.runId.length === 0) return <p class="note">No fold has been started yet.</p>;
  const from = timeline.startTime[0]!;
  const to = timeline.endTime.reduce<number>((last, end) => Math.max(last, end ?? now), from + 1);
  const left = Math.min(160, width / 4);
  const x = (time: number): number => left + ((time - from) / (to - from)) * (width - left - 8);
  const { name: names } = drawn.view.columns;
  const height = lanes.length * ROW + 24;
  return (
    <div ref={ref}>
      <svg
        class="chart"
        data-drawing
        role="img"
        aria-label="A lane for each training process, a block for each job"
        height={height}
        width={width}
      >
        {lanes.map(({ worker, jobs }, lane) => (
          <g key={lane}>
            {lanes[lane - 1]?.worker !== worker && (
              <text x="0" y={lane * ROW + 14}>
                {worker.length > left / 6.5 ? `…${worker.slice(-Math.floor(left / 6.5))}` : worker}
                <title>{worker}</title>
              </text>
            )}
            <rect class="lane" x={left} width={width - left - 8} y={lane * ROW + 3} height={ROW - 6} />
            {jobs.map((job) => {
              const [start, end] = [timeline.startTime[job]!, timeline.endTime[job] ?? now];
              return (
                // biome-ignore lint/a11y/noStaticElementInteractions: the runs are links in the table too
                <rect
                  key={timeline.runId[job]}
                  class={`job ${timeline.status[job]}${timeline.earlier[job]! > 0 ? ' again' : ''}`}
                  x={x(start)}
                  width={Math.max(1, x(end) - x(start))}
                  y={lane * ROW + 3}
                  height={ROW - 6}
                  onMouseEnter={() => {
                    const row = names.indexOf(timeline.name[job]!);
                    lit.value = row < 0 ? undefined : row;
                  }}
                  onMouseLeave={() => {
                    lit.value = undefined;
                  }}
                  onClick={() => go(`/runs/${timeline.runId[job]}`)}
                >
                  <title>
                    {jobName(timeline, job)}, {duration(end - start)}
                    {timeline.status[job] === 'FINISHED' ? '' : `, ${timeline.status[job]!.toLowerCase()}`}
                    {timeline.earlier[job]! > 0 &&
                      `, after ${counted(timeline.earlier[job]!, 'earlier attempt')}`}
                  </title>
                </rect>
              );
            })}
          </g>
        ))}
        <text x={left} y={height - 6}>
          0
        </text>
        <text x={width - 8} y={height - 6} text-anchor="end">
          {duration(to - from)}
        </text>
      </svg>
    </div>
  );
}
