/** Learning curves of a run, where the file has them. */
import type { RunView } from '../../api.js';
import { CurvePicker } from '../parts/curve-picker.js';
import { Missing } from './missing.js';
import { told } from './told.js';

export function RunCurves({ id }: { id: string }) {
  const run = told.answers[`/runs/${encodeURIComponent(id)}`] as RunView | undefined;
  return run === undefined ? <Missing /> : <CurvePicker curves={run.curves} />;
}
