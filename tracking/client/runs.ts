/** Runs: opened, filled, finished, searched. */
import { z } from 'zod';
import { type RunData, type Scalar, tagValue, toBatches } from './batches.js';
import type { Caller } from './call.js';
import type { DatasetInput } from './inputs.js';
import {
  listOf,
  type MetricPoint,
  metricPoint,
  nextPage,
  nothing,
  type Run,
  type RunStatus,
  run,
  runInputs,
} from './schemas.js';
import { TAGS } from './tags.js';

export interface RunQuery {
  experimentIds: readonly string[];
  /** MLflow's filter grammar, such as `metrics.f1 > 0.8 AND tags.mlflow.parentRunId = '…'`. */
  filter?: string;
  /** Such as `['metrics.f1 DESC']`. @defaultValue newest first */
  orderBy?: readonly string[];
  /** Runs per page. @defaultValue 1000 */
  maxResults?: number;
  /** @defaultValue 'ACTIVE_ONLY' */
  viewType?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
}

export interface RunPage {
  readonly runs: readonly Run[];
  readonly nextPageToken: string | undefined;
}

/** Points asked for at once: answers to a hundred such requests may come as one. */
const HISTORY_PAGE = 2500;

/** When the job of a run had its turn, in ms since 1970: its run may have been opened while the job before it computed. */
export function begunAt({ info: { startTime, endTime = startTime }, tags }: Run): number {
  const waited = Number(tags[TAGS.waited]);
  return waited > 0 ? Math.min(startTime + waited, endTime) : startTime;
}

export function runCalls(caller: Caller) {
  const searchRunsPage = async (query: RunQuery, pageToken?: string): Promise<RunPage> => {
    const page = await caller.json('POST', 'runs/search', z.object({ runs: listOf(run), ...nextPage }), {
      json: {
        experiment_ids: query.experimentIds,
        filter: query.filter,
        order_by: query.orderBy,
        max_results: query.maxResults ?? 1000,
        run_view_type: query.viewType ?? 'ACTIVE_ONLY',
        page_token: pageToken,
      },
    });
    return { runs: page.runs, nextPageToken: page.next_page_token || undefined };
  };

  const updateRun = async (
    runId: string,
    { status, endTime, runName }: { status?: RunStatus; endTime?: number; runName?: string },
  ): Promise<void> => {
    const json = { run_id: runId, status, end_time: endTime, run_name: runName };
    await caller.json('POST', 'runs/update', nothing, { json });
  };

  const logBatch = async (runId: string, data: RunData): Promise<void> => {
    for (const batch of toBatches(data)) {
      await caller.json('POST', 'runs/log-batch', nothing, { json: { run_id: runId, ...batch } });
    }
  };

  /** Logs first: a run that has ended has all that it will have. On the embedded server that is one request. */
  const endRun = (runId: string, data: RunData, status: RunStatus, endTime: number): Promise<void> =>
    caller.inOrder([
      ...toBatches(data).map((batch) => ({ path: 'runs/log-batch', json: { run_id: runId, ...batch } })),
      { path: 'runs/update', json: { run_id: runId, status, end_time: endTime } },
    ]);

  return {
    /** Opens a run, of status RUNNING. Not repeated when the connection breaks: it might then exist twice. */
    async createRun(request: {
      experimentId: string;
      runName: string;
      startTime: number;
      tags: Readonly<Record<string, Scalar>>;
      parentRunId?: string;
    }): Promise<Run> {
      const tags: Record<string, Scalar> = { ...request.tags };
      if (request.parentRunId !== undefined) tags[TAGS.parentRunId] = request.parentRunId;
      const answer = await caller.json('POST', 'runs/create', z.object({ run }), {
        idempotent: false,
        json: {
          experiment_id: request.experimentId,
          run_name: request.runName,
          start_time: request.startTime,
          // MLflow shows a run's user from here; the tag is what its newer pages read.
          user_id: tags[TAGS.user],
          tags: Object.entries(tags).map(([key, value]) => ({ key, value: tagValue(value) })),
        },
      });
      return answer.run;
    },

    /** @throws TrackingError RESOURCE_DOES_NOT_EXIST */
    async getRun(runId: string): Promise<Run> {
      return (await caller.json('GET', 'runs/get', z.object({ run }), { query: { run_id: runId } })).run;
    },

    updateRun,

    /** Ends a run, with what it still lacks; may be repeated. */
    finishRun: (runId: string, data: RunData, endTime: number) => endRun(runId, data, 'FINISHED', endTime),

    /**
     * Logs metrics, parameters and tags, in as many requests as MLflow's limits ask for, one after the other. What is
     * too long is cut, with a note at its end. Logging the same again is harmless; another value for a parameter
     * that is already there is refused.
     */
    logBatch,

    /** Ends a run as failed, for a reason. The one place that does: a failed run without a reason helps nobody. */
    async failRun(runId: string, reason: string, endTime = Date.now()): Promise<void> {
      const tags = { [TAGS.outcome]: 'failed', [TAGS.failure]: reason.slice(0, 4000) };
      await endRun(runId, { tags }, 'FAILED', endTime);
    },
    /** Ends a run that was given up, for a reason, and not by its own fault. */
    async killRun(runId: string, reason: string): Promise<void> {
      await endRun(runId, { tags: { [TAGS.failure]: reason.slice(0, 4000) } }, 'KILLED', Date.now());
    },

    /** Notes a model among the run's artifacts, as MLflow's pages show it; `mlmodel` is its `MLmodel` file. */
    async logModel(runId: string, mlmodel: unknown): Promise<void> {
      const json = { run_id: runId, model_json: JSON.stringify(mlmodel) };
      await caller.json('POST', 'runs/log-model', nothing, { json });
    },

    /** Says which datasets the run read; see `datasetInput`. */
    async logInputs(runId: string, datasets: readonly DatasetInput[]): Promise<void> {
      await caller.json('POST', 'runs/log-inputs', nothing, { json: { run_id: runId, datasets } });
    },

    /** The datasets that a run read. */
    async loggedInputs(runId: string): Promise<DatasetInput[]> {
      const answer = z.object({ run: runInputs });
      return (await caller.json('GET', 'runs/get', answer, { query: { run_id: runId } })).run;
    },

    /** Runs that match, fetched page by page as they are asked for. */
    async *searchRuns(query: RunQuery): AsyncGenerator<Run, void, undefined> {
      let token: string | undefined;
      do {
        const page = await searchRunsPage(query, token);
        yield* page.runs;
        token = page.nextPageToken;
      } while (token !== undefined);
    },

    searchRunsPage,

    /** Every point of one metric, oldest first. */
    async metricHistory(runId: string, key: string): Promise<MetricPoint[]> {
      const points: MetricPoint[] = [];
      const answer = z.object({ metrics: listOf(metricPoint), ...nextPage });
      let token: string | undefined;
      do {
        const query = { run_id: runId, metric_key: key, max_results: HISTORY_PAGE, page_token: token };
        const page = await caller.json('GET', 'metrics/get-history', answer, { query });
        points.push(...page.metrics);
        token = page.next_page_token || undefined;
      } while (token !== undefined);
      return points;
    },

    /** Deletes a run; it can be restored. */
    async deleteRun(runId: string): Promise<void> {
      await caller.json('POST', 'runs/delete', nothing, { json: { run_id: runId } });
    },
  };
}
