/** What a job's children returned, by child job id. BullMQ keys them `prefix:queue:id`. */
import type { Job } from 'bullmq';

/** The job id in a child's key. */
export const idOf = (key: string): string => key.slice(key.lastIndexOf(':') + 1);

/** Return values of the children that completed. */
export async function childValues(job: Job): Promise<Map<string, unknown>> {
  const values: Record<string, unknown> = await job.getChildrenValues();
  return new Map(Object.entries(values).map(([key, value]) => [idOf(key), value]));
}

/** Reasons of the children that failed for good. */
export async function childFailures(job: Job): Promise<Map<string, string>> {
  const failures = await job.getIgnoredChildrenFailures();
  return new Map(Object.entries(failures).map(([key, reason]) => [idOf(key), String(reason)]));
}

/** Keys of the children that a job waits for. */
export async function unsettledChildren(job: Job): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = 0;
  do {
    const page = await job.getDependencies({ unprocessed: { cursor, count: 1000 } });
    for (const key of page.unprocessed ?? []) keys.add(key);
    cursor = page.nextUnprocessedCursor ?? 0;
  } while (cursor !== 0);
  return [...keys];
}
