/** The first lines of `run` and `submit`: how large a search is, what it will take, and what misleads in its data. */
import { outlookOf, type prepare, type Services } from '../app/index.js';
import { terminalWidth } from './fit.js';
import { say } from './output.js';
import { outlookLines } from './plan.js';
import { warningLines } from './render.js';

interface ToTell {
  readonly file: string;
  readonly submission: Awaited<ReturnType<typeof prepare>>;
  /** Folds that earlier searches hold of it; null where that is not known. */
  readonly held: number | null;
  /** Training processes that this process will add to those at the queue. */
  readonly own?: number;
}

/** Says it, while the search is being queued: nobody waits for word of how long earlier searches took. */
export async function tellOutlook(
  { file, submission, held, own }: ToTell,
  services: Services,
): Promise<void> {
  const outlook = await outlookOf(submission, held, services, own);
  outlookLines(outlook, file, terminalWidth(process.stderr)).forEach(say);
  warningLines(submission.rows.warnings).forEach(say);
}
