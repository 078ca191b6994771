/** Writes that arrive in the same turn share a transaction, and nothing else. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { invalid } from '../../tracking/server/errors.js';
import { groupCommit } from '../../tracking/server/group-commit.js';
import { openStore, type Store } from '../../tracking/server/index.js';
import { test as base } from '../support/test.js';

const test = base.extend<{ store: Store }>({
  store: async ({ folder }, use) => {
    const store = openStore({ path: join(folder, 'tracking.db'), artifactRoot: 'mlflow-artifacts:' });
    await use(store);
    store.close();
  },
});

const openRun = (store: Store, runName: string): string =>
  store.runs.create({ experimentId: '0', userId: '', startTime: 1, runName, tags: [] }).info.runId;

const namesOf = (store: Store): string[] =>
  store.runs
    .search({ experimentIds: ['0'], viewType: 'ALL', maxResults: 100, orderBy: ['attributes.run_name'] })
    .items.map(({ info }) => info.runName);

/** As `groupCommit` sees a store; counts transactions. */
function counted(store: Store) {
  let depth = 0;
  let transactions = 0;
  const together: Store['together'] = (work) => {
    if (depth === 0) transactions++;
    depth++;
    try {
      return store.together(work);
    } finally {
      depth--;
    }
  };
  return { together, transactions: () => transactions };
}

test('one that is refused takes back its own writes alone', async ({ store }) => {
  const { together, transactions } = counted(store);
  const group = groupCommit({ together });
  const outcomes = await Promise.allSettled([
    group(() => openRun(store, 'a')),
    group(() => {
      openRun(store, 'b');
      throw invalid('no');
    }),
    group(() => openRun(store, 'c')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(namesOf(store)).toEqual(['a', 'c']);
  expect(transactions()).toBe(1);
});

test('one that breaks has the others carried out for themselves, once', async ({ store }) => {
  const { together, transactions } = counted(store);
  const group = groupCommit({ together });
  const outcomes = await Promise.allSettled([
    group(() => openRun(store, 'a')),
    group(() => {
      openRun(store, 'b');
      throw new Error('database or disk is full');
    }),
    group(() => openRun(store, 'c')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { message: 'database or disk is full' } });
  expect(namesOf(store)).toEqual(['a', 'c']);
  expect(transactions()).toBe(4);
});

test('what is written is kept before anybody hears of it', async ({ store, folder }) => {
  const group = groupCommit(store);
  const other = openStore({ path: join(folder, 'tracking.db'), artifactRoot: 'mlflow-artifacts:' });
  const runId = await group(() => openRun(store, 'a'));
  expect(other.runs.get(runId).info.runName).toBe('a');
  other.close();
});
