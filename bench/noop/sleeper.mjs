/** The same as processor.mjs, with folds that sleep for a second first. */
import { setTimeout as sleep } from 'node:timers/promises';
import load from './processor.mjs';

export default async function loadSleeper() {
  const perform = await load();
  return async (payload, attempt, around) => {
    if (payload.kind === 'fold') await sleep(1000);
    return perform(payload, attempt, around);
  };
}
