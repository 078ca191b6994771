/** Trials of a search that is cut, as far as their runs tell how they ended. */
import { expect, test } from 'vitest';
import { endedTrial } from '../../../orchestrator/search/cut.js';
import { type Run, TAGS } from '../../../tracking/client/index.js';

const run = (
  status: Run['info']['status'],
  tags: Record<string, string>,
  metrics: Record<string, number> = {},
): Run =>
  ({
    info: { runId: 'run', status },
    tags: {
      [TAGS.index]: '3',
      [TAGS.configuration]: 'abcdefabcdef',
      [TAGS.estimatorName]: 'simple',
      [TAGS.parameters]: '{}',
      ...tags,
    },
    metrics,
    params: {},
  }) as unknown as Run;

const foldsOf = (one: Run) => endedTrial(one, { folds: 3 })?.folds;

test('count the folds that they were given, and of a pruned one those that it was spared', () => {
  const pruned = { [TAGS.outcome]: 'pruned', [TAGS.pruned]: 'hopeless' };
  const between = run('FINISHED', pruned, { split0_test_score: 0.5, split1_test_score: 0.4 });
  expect(endedTrial(between, { folds: 3 })?.outcome).toEqual({ kind: 'pruned', reason: 'hopeless' });
  expect(foldsOf(between)).toEqual({ finished: 2, failed: 0, spared: 1 });
  // Stopped within its first fold, which has no score of the trial's and is over.
  const within = run('FINISHED', pruned, { split0_epoch1_score: 0.5 });
  expect(foldsOf(within)).toEqual({ finished: 1, failed: 0, spared: 2 });
  const failed = run('FAILED', { [TAGS.outcome]: 'failed' }, { split0_epoch1_score: 0.5 });
  expect(foldsOf(failed)).toEqual({ finished: 0, failed: 3, spared: 0 });
  expect(foldsOf(run('KILLED', {}))).toBeUndefined();
});
