/**
 * A search as the orchestrator carries it out, on a table in place of training: generation after generation, each proposed, and
 * judged against an incumbent, from all generations but the one before; within one, a fold of every configuration that is left, then the
 * next.
 */
import { FOLD_RULES, raceStops, STRATEGIES } from './dist.mjs';

const DIRECTION = 'maximize';

/**
 * @param scores - Of a configuration, fold by fold; only what was trained is made use of.
 * @param rule - A fold rule's name, or undefined to train all.
 * @param budget - Folds after which the search is cut.
 * @returns Observations in the order of proposal, with what all folds would have scored, and folds trained.
 */
export function search({ models, kind, seed, generation, trials, folds, rule, scores, budget = Infinity }) {
  const strategy = STRATEGIES[kind];
  const space = {
    models,
    seed,
    objective: { direction: DIRECTION },
    strategy: { kind, seed, generation, max_trials: trials },
  };
  const seen = [];
  let trained = 0;
  for (let number = 0; number * generation < trials && trained < budget; number++) {
    const from = number * generation;
    const to = Math.min(trials, from + generation);
    const history = seen.slice(0, Math.max(0, from - generation));
    const proposed = strategy.propose(space, strategy.adaptive ? history : [], { number, from, to });
    let open = proposed.map((configuration) => {
      const trial = { configuration, outcome: 'cut', scores: [], all: scores(configuration) };
      seen.push(trial);
      return trial;
    });
    for (let fold = 0; fold < folds; fold++) {
      for (const trial of open) {
        if (trained >= budget) continue;
        trial.scores.push(trial.all[fold]);
        trained++;
        if (trial.scores.length === folds) trial.outcome = 'complete';
      }
      if (rule === undefined || fold === folds - 1) continue;
      const rung = { direction: DIRECTION, history, racers: open, testShare: 1 / (folds - 1) };
      const stops = raceStops(FOLD_RULES[rule], rung);
      for (const [k, trial] of open.entries()) if (stops[k] !== undefined) trial.outcome = 'pruned';
      open = open.filter((_, k) => stops[k] === undefined);
    }
  }
  return { seen, trained };
}
