/** What a job's children returned, by child job id. BullMQ keys them `prefix:queue:id`. */
import type { Job } from 'bullmq';

const idOf = (key: string): string => key.slice(key.lastIndexOf(':') + 1);

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
