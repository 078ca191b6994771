/** Experiments, as far as a search needs them. */
import { z } from 'zod';
import { tagValue } from './batches.js';
import type { Caller } from './call.js';
import { isAlreadyThere, isNotFound } from './errors.js';
import { type ExperimentInfo, experiment, listOf, nextPage, nothing } from './schemas.js';

export function experimentCalls(caller: Caller) {
  /** The experiment of that name, deleted ones too; undefined when there is none. */
  const byName = async (name: string): Promise<ExperimentInfo | undefined> => {
    try {
      const query = { experiment_name: name };
      const answer = await caller.json('GET', 'experiments/get-by-name', z.object({ experiment }), { query });
      return answer.experiment;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  return {
    /**
     * The id of the experiment of that name, which is created when it is not there. Two callers at once get the
     * same one. A deleted experiment keeps its name, so it is restored, with its runs.
     */
    async getOrCreateExperiment(name: string, tags: Readonly<Record<string, string>> = {}): Promise<string> {
      const existing = await byName(name);
      if (existing) return restored(existing);
      try {
        const json = {
          name,
          tags: Object.entries(tags).map(([key, value]) => ({ key, value: tagValue(value) })),
        };
        const created = z.object({ experiment_id: z.string() });
        return (await caller.json('POST', 'experiments/create', created, { json })).experiment_id;
      } catch (error) {
        const other = isAlreadyThere(error) ? await byName(name) : undefined;
        if (other) return restored(other);
        throw error;
      }
    },

    /** All experiments that match, newest first. */
    async searchExperiments(filter?: string): Promise<ExperimentInfo[]> {
      const found: ExperimentInfo[] = [];
      const answer = z.object({ experiments: listOf(experiment), ...nextPage });
      let token: string | undefined;
      do {
        const json = { filter, max_results: 1000, page_token: token };
        const page = await caller.json('POST', 'experiments/search', answer, { json });
        found.push(...page.experiments);
        token = page.next_page_token;
      } while (token);
      return found;
    },
  };

  async function restored({ experimentId, lifecycleStage }: ExperimentInfo): Promise<string> {
    if (lifecycleStage === 'active') return experimentId;
    try {
      await caller.json('POST', 'experiments/restore', nothing, { json: { experiment_id: experimentId } });
    } catch (error) {
      // Another caller was first.
      if (!isNotFound(error)) throw error;
    }
    return experimentId;
  }
}
