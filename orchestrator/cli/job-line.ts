/** What became of a job, as a line for people. */
import { describeJob, type JobEnd } from '../app/index.js';
import { fixed, plain } from './render.js';

export function jobLine(event: JobEnd): string {
  const name = event.about === undefined ? event.job : plain(describeJob(event.about));
  const seconds = `${event.seconds.toFixed(2)} s`;
  return event.type === 'completed'
    ? `${name}: ${event.about?.metric ?? 'score'} ${fixed(event.score)} in ${seconds}`
    : `${name} failed after ${seconds}, attempt ${event.attempt} of ${event.attempts}: ${plain(event.error)}`;
}
