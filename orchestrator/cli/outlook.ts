/** The first lines of `run` and `submit`: how large a search is, what it will take, and what misleads in its data. */
import { outlookOf, type prepare, type Services } from '../app/index.js';
import { terminalWidth } from './fit.js';
import { say } from './output.js';
import { outlookLines } from './plan.js';
import { warningLines } from './render.js';

/**
 * Says it, while the search is being queued: nobody waits for word of earlier searches.
 *
 * @param own - Training processes that this process will add to those at the queue.
 */
export async function tellOutlook(
  file: string,
  submission: Awaited<ReturnType<typeof prepare>>,
  services: Services,
  own = 0,
): Promise<void> {
  const outlook = await outlookOf(submission, services, own);
  outlookLines(outlook, file, terminalWidth(process.stderr)).forEach(say);
  warningLines(submission.rows.warnings).forEach(say);
}
