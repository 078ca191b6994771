/** Learning curves of a run, asked for when they are wanted. */
import type { RunView } from '../../api.js';
import { useLoaded } from '../load.js';
import { CurvePicker } from './curve-picker.js';
import { Trouble, Waiting } from './states.js';

export function RunCurves({ id }: { id: string }) {
  const { value, error, again } = useLoaded<RunView>(`/runs/${encodeURIComponent(id)}`);
  if (value !== undefined) return <CurvePicker curves={value.curves} />;
  return error === undefined ? <Waiting rows={3} /> : <Trouble message={error} again={again} />;
}
