/** All that a search's verdict rests on. One filter serves every view of it. */
import { useMemo } from 'preact/hooks';
import type { SearchView } from '../../api.js';
import { place } from '../router.js';
import { shownRows } from '../rows.js';
import { type Drawn, titleOf } from '../shared.js';
import { BestSoFar } from './charts/best-so-far.js';
import { Folds } from './charts/folds.js';
import { HeatMap } from './charts/heat-map.js';
import { Importance } from './charts/importance.js';
import { Parallel } from './charts/parallel.js';
import { Scatter } from './charts/scatter.js';
import { WorkerTimeline } from './charts/worker-timeline.js';
import { FilterBox } from './filter-box.js';
import { Outcomes } from './outcomes.js';
import { Trials } from './trials.js';

export function Evidence({ view }: { view: SearchView }) {
  const { columns, varying, evidence } = view;
  const { query } = place.value;
  const [text, sort] = [query.get('filter') ?? '', query.get('sort') ?? ''];
  const shown = useMemo(
    () =>
      shownRows(columns, text, sort, {
        difference: evidence.against.difference,
        cost: evidence.against.cost,
        size: evidence.sizes,
      }),
    [columns, evidence, text, sort],
  );
  const drawn: Drawn = useMemo(() => ({ view, rows: shown.rows, kept: new Set(shown.rows) }), [view, shown]);
  const example = varying[0];
  return (
    <>
      <FilterBox
        value={text}
        hint={`a word, or mean > 0.7${example ? ` and ${titleOf(view, example)} = …` : ''}`}
        error={shown.error}
      >
        {shown.rows.length} of {columns.runId.length} shown
        {view.leftOut > 0 && `; ${view.leftOut} more are not sent`}
      </FilterBox>
      <Outcomes view={view} filter={text} />
      <div class="views">
        <Importance drawn={drawn} />
        <BestSoFar drawn={drawn} />
        <Parallel drawn={drawn} />
        <Scatter drawn={drawn} />
        <HeatMap drawn={drawn} />
        <Folds drawn={drawn} />
        <WorkerTimeline drawn={drawn} />
      </div>
      <Trials drawn={drawn} />
    </>
  );
}
