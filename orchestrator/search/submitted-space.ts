/** What an earlier search was submitted with, as its parent run keeps it, and the same once more. */
import type { Queue } from 'bullmq';
import { z } from 'zod';
import { type SearchPayload, searchPayload } from '../../queue/index.js';
import { isNotFound, type Run, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { From } from './earlier-folds.js';
import { NOT_BEGUN, queueSearch, type Submitted } from './queue-search.js';
import { SUBMITTED } from './rebuild.js';

const scalars = z.record(z.string(), z.union([z.string(), z.number()]));
const stored = searchPayload.extend({
  submitted: z.object({ file: z.string(), tags: z.record(z.string(), z.string()), params: scalars }),
});

/** A search as it was submitted. */
export type SubmittedSpace = z.infer<typeof stored>;

/** @returns undefined when the run does not hold it, or holds what an earlier version wrote */
export async function submittedSpace(
  parent: Run,
  tracking: TrackingClient,
): Promise<SubmittedSpace | undefined> {
  const text = await tracking.downloadArtifact(parent, SUBMITTED).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  if (text === undefined) return undefined;
  try {
    const found = stored.parse(JSON.parse(text.toString()));
    return found.context.parentRunId === parent.info.runId && found.reuse !== undefined ? found : undefined;
  } catch {
    // Anybody may have written it.
    return undefined;
  }
}

/** Files of the parent run that belong to what was submitted. */
const FILES = ['search-space.yaml', 'folds.json'];

/**
 * Submits a search's own space again, with the data that it had, in the same experiment.
 *
 * @param from - Earlier results that it takes over, its own among them.
 */
export async function submitAgain(
  parent: Run,
  { submitted, ...space }: SubmittedSpace,
  { tracking, searches }: { tracking: TrackingClient; searches: Queue },
  from: From | undefined,
): Promise<Submitted> {
  const { rebuilt: _, snapshot, ...context } = space.context;
  const files = [...FILES, ...(snapshot ? [snapshot.artifact] : [])];
  const artifacts = await Promise.all(
    files.map(async (path) => {
      const content = await tracking.downloadArtifact(parent, path);
      return { path, content: () => content };
    }),
  );
  const { [TAGS.extends]: __, ...tags } = submitted.tags;
  const payload: Omit<SearchPayload, 'context'> = {
    ...space,
    reuse: { rows: space.reuse?.rows ?? [], ...(from && { from }) },
    submittedAt: Date.now(),
    progress: NOT_BEGUN,
  };
  return queueSearch(
    {
      name: space.name,
      file: submitted.file,
      tags: { ...tags, [TAGS.retryOf]: context.searchId },
      params: submitted.params,
      snapshot,
      artifacts,
      payload: (ids) => ({ ...payload, context: { ...context, ...ids } }),
    },
    { tracking, searches },
    { experimentId: context.experimentId },
  );
}
