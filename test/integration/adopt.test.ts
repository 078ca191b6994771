/** `run` and `submit` under `MLFLOW_RUN_ID`: the run that it names becomes the search's parent run, or is refused in one line. */
import { describe, expect } from 'vitest';
import { runToAdopt } from '../../orchestrator/app/adopt.js';
import { InputError } from '../../orchestrator/app/index.js';
import { TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

/** A run as other programs open it. */
async function opened(
  client: TrackingClient,
  { tags = {}, params = {} }: { tags?: Record<string, string>; params?: Record<string, string> } = {},
): Promise<string> {
  const experimentId = await client.getOrCreateExperiment('theirs');
  const { info } = await client.createRun({
    experimentId,
    runName: 'their name',
    startTime: Date.now(),
    tags,
  });
  await client.logBatch(info.runId, { params });
  return info.runId;
}

test('the run keeps name, experiment, tags and parameters, and ends with the search', async ({
  tracking: { client, uri },
  boxWith,
}) => {
  const above = await opened(client);
  const id = await opened(client, {
    tags: {
      'mlflow.source.name': 'theirs.git',
      'mlflow.source.type': 'PROJECT',
      [TAGS.projectEntryPoint]: 'main',
      [TAGS.parentRunId]: above,
    },
    params: { space: 'tiny.yaml', n_splits: '99', seed: '7' },
  });
  const box = boxWith({ MLFLOW_TRACKING_URI: uri, MLFLOW_RUN_ID: id });
  const search = await box.json<{ searchId: string }>('run', TINY_GRID, '--workers', '1');
  const { info, tags, params } = await client.getRun(id);
  expect(search).toMatchObject({ parentRunId: id, experimentId: info.experimentId, status: 'FINISHED' });
  expect(info).toMatchObject({ runName: 'their name', status: 'FINISHED' });
  expect(tags).toMatchObject({
    'mlflow.source.name': 'theirs.git',
    'mlflow.source.type': 'PROJECT',
    [TAGS.parentRunId]: above,
    [TAGS.searchId]: search.searchId,
    [TAGS.registered]: 'tiny-grid/1',
  });
  // What can't be changed stands, ours beside it.
  expect(params).toMatchObject({ space: 'tiny.yaml', n_splits: '99', 'gridsearch.n_splits': '3', seed: '7' });
  expect(params['gridsearch.seed']).toBeUndefined();
  const shown = await box.json<{ params: Record<string, unknown> }>('show', search.searchId);
  expect(shown.params).toMatchObject({ space: 'tiny.yaml', n_splits: 3 });

  const again = await box.run('run', TINY_GRID);
  expect(again).toMatchObject({ code: 2, stdout: '' });
  expect(again.stderr.trim()).toBe(
    `MLFLOW_RUN_ID is ${id}, a run of search ${search.searchId} already; go on with it by \`gridsearch resume ${search.searchId}\`, or unset MLFLOW_RUN_ID for a new search`,
  );
}, 120_000);

test('a search whose run others ended as failed is interrupted, and is resumed or cancelled', async ({
  tracking: { client, uri },
  boxWith,
}) => {
  const id = await opened(client);
  const named = boxWith({ MLFLOW_TRACKING_URI: uri, MLFLOW_RUN_ID: id });
  const { searchId, parentRunId } = await named.submit(TINY_GRID);
  expect(parentRunId).toBe(id);
  const other = boxWith({ MLFLOW_TRACKING_URI: uri, MLFLOW_RUN_ID: await opened(client) });
  const cancelled = await other.submit(TINY_GRID);
  for (const runId of [id, cancelled.parentRunId])
    await client.updateRun(runId, { status: 'FAILED', endTime: Date.now() });
  expect(await named.json('status', searchId)).toMatchObject({ state: 'queued' });
  expect(await named.json('resume', searchId, '--workers', '1')).toMatchObject({
    searchId,
    status: 'FINISHED',
    parentRunId: id,
  });
  expect((await client.getRun(id)).info.status).toBe('FINISHED');
  expect((await other.run('cancel', cancelled.searchId)).code).toBe(0);
  expect((await client.getRun(cancelled.parentRunId)).info.status).toBe('KILLED');
}, 120_000);

describe('a run that can’t be a parent is refused', () => {
  test.for([
    ['no id', async () => 'a b', 'which is no id of a run; '],
    ['unknown', async () => 'f'.repeat(32), 'does not know; give the id of a run that goes on, or unset'],
    [
      'deleted',
      async (client) => {
        const id = await opened(client);
        await client.deleteRun(id);
        return id;
      },
      'a run that was deleted; ',
    ],
    [
      'ended',
      async (client) => {
        const id = await opened(client);
        await client.updateRun(id, { status: 'FINISHED', endTime: Date.now() });
        return id;
      },
      'a run that has ended as FINISHED; ',
    ],
    [
      'ended by mlflow run when submit returns',
      (client) => opened(client, { tags: { [TAGS.projectEntryPoint]: 'main' } }),
      'which `mlflow run` ends when its command does, before the search has; use `gridsearch run` there',
    ],
  ] as const satisfies readonly [string, (client: TrackingClient) => Promise<string>, string][])(
    '%s',
    async ([, make, complaint], { tracking: { client, uri } }) => {
      const MLFLOW_RUN_ID = await make(client);
      const asked = (embedded: boolean) =>
        runToAdopt({ client, uri, embedded }, { staysUntilTheEnd: false }, { MLFLOW_RUN_ID });
      const refused = await asked(false).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(InputError);
      expect((refused as InputError).message).toContain(complaint);
      // Beside the embedded server the variable was meant for others.
      expect(await asked(true)).toBeUndefined();
    },
  );
});
