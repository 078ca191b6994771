/** What a child process of a worker loads: the engine, and the kinds of job. */
import { engineText, loadEngine } from '../learning/engine/index.js';
import type { LoadProcessor, Perform } from './child.js';
import { fold } from './fold.js';
import { carryOut } from './job.js';
import { refit } from './refit.js';

const load: LoadProcessor = async () => {
  const engine = await loadEngine();
  /** One line adds a kind of job. */
  const perform: Perform = (payload, attempt, around) => {
    const deps = { ...around, engine };
    switch (payload.kind) {
      case 'fold':
        return carryOut(fold, payload, attempt, deps);
      case 'refit':
        return carryOut(refit, payload, attempt, deps);
    }
  };
  return Object.assign(perform, { engine: engineText(engine) });
};

export default load;
