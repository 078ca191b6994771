/** The same as processor.mjs, with folds that work for a second: they sleep. */
import { setTimeout as sleep } from 'node:timers/promises';
import load from './processor.mjs';

export default async function loadSleeper() {
  const perform = await load();
  return (payload, attempt, around) => {
    const turn = async () => {
      await around.turn();
      await sleep(1000);
    };
    return perform(payload, attempt, payload.kind === 'fold' ? { ...around, turn } : around);
  };
}
