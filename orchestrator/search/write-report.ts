/** The last file of a search: what came of it, for people, among the parent run's artifacts. */
import { isMachineTrouble } from '../../queue/index.js';
import { addWarning, isTrouble, TAGS } from '../../tracking/client/index.js';
import type { Deps } from './deps.js';

/** Writes `report.html`. A search is worth more than its report: one that can't be made is a warning. */
export async function writeReport(
  parentRunId: string,
  { report, tracking }: Pick<Deps, 'report' | 'tracking'>,
): Promise<void> {
  if (report === undefined) return;
  try {
    const html = await report(parentRunId);
    await tracking.uploadArtifact(await tracking.getRun(parentRunId), 'report.html', Buffer.from(html));
  } catch (error) {
    if (isTrouble(error) || isMachineTrouble(error)) throw error;
    const { tags } = await tracking.getRun(parentRunId);
    const line = `report.html could not be made: ${(error as Error).message}`;
    await tracking.logBatch(parentRunId, {
      tags: { [TAGS.warnings]: addWarning(tags[TAGS.warnings], line) },
    });
  }
}
