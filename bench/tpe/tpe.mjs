/**
 * The TPE strategy beside Optuna's (multivariate, with its constant liar) on tables: how far the best of 50 trials is from the best of
 * the table, in parts of the distance between the table's best and worst. A trial's score is the mean of all repeats.
 *
 * With generations of eight, eight to fifteen trials have no result yet when one is proposed; with generations of four, four to seven.
 * Of Optuna's, with eight in flight, seven always.
 */
import { criticalT } from '../hpobench/dist.mjs';
import { search } from '../hpobench/search.mjs';
import { meanOf, range, withTables } from '../hpobench/tables.mjs';
import { say } from '../progress.mjs';
import { fixed } from '../table.mjs';

const CONTENDERS = [
  { name: 'gridsearch, generations of 8', generation: 8 },
  { name: 'gridsearch, generations of 4', generation: 4 },
  { name: 'Optuna, 8 in flight', inFlight: 8 },
  { name: 'Optuna, 16 in flight', inFlight: 16 },
  { name: 'Optuna, one after the other', inFlight: 1 },
  { name: 'Sobol', kind: 'sobol', generation: 8 },
];
const [OURS] = CONTENDERS;
const PEER = CONTENDERS.find(({ inFlight }) => inFlight === OURS.generation);

export default async function tpe({ repeat, trials, settle }) {
  await settle();
  return withTables(async ({ models, tables, repeats, versions, optuna }) => {
    const all = range(repeats);
    const regrets = CONTENDERS.map(() => tables.map(() => []));
    for (const [k, table] of tables.entries()) {
      say(`${table.name}, ${k + 1} of ${tables.length}`);
      const { best, worst } = table.ends(all);
      for (let seed = 0; seed < repeat; seed++)
        for (const [c, { kind = 'tpe', generation, inFlight }] of CONTENDERS.entries()) {
          const found = inFlight
            ? await byOptuna({ optuna, table, k, all, seed, inFlight, trials })
            : byOurs({ models, table, all, kind, seed, generation, trials });
          regrets[c][k].push((best - found) / (best - worst));
        }
    }
    return report({ regrets, trials, repeat, versions, names: tables.map(({ name }) => name) });
  });
}

function byOurs({ models, table, all, kind, seed, generation, trials }) {
  const scores = (configuration) => [meanOf(table.scores(configuration, all))];
  const { seen } = search({ models, kind, seed, generation, trials, folds: 1, scores });
  return Math.max(...seen.map(({ scores: [score] }) => score));
}

async function byOptuna({ optuna, table, k, all, seed, inFlight, trials }) {
  const folds = trials * all.length;
  const { ended } = await optuna({ table: k, repeats: all, seed, inFlight, pruner: false, trials, folds });
  return Math.max(...ended.map(([row]) => table.meanOfRow(row, all)));
}

function report({ regrets, trials, repeat, versions, names }) {
  /** Of each seed, the mean over the tables. */
  const bySeed = regrets.map((tables) => range(repeat).map((s) => meanOf(tables.map((each) => each[s]))));
  const peer = bySeed[CONTENDERS.indexOf(PEER)];
  const results = CONTENDERS.map(({ name }, c) => ({
    name,
    mean: meanOf(bySeed[c]),
    tables: regrets[c].map(meanOf),
    difference: interval(bySeed[c].map((regret, s) => regret - peer[s])),
  }));
  const percent = (share, digits = 2) => fixed(100 * share, digits);
  const told = ({ mean, margin }) => `${percent(mean)} ± ${percent(margin)}`;
  const { low } = results[0].difference;
  return {
    figures: { trials, seeds: repeat, versions, datasets: names, results },
    tables: [
      {
        title: `Normalised regret after ${trials} trials, percent: means of ${repeat} seeds; the difference is paired by seed, with its 95 % interval`,
        head: ['', 'mean', `minus ${PEER.name}`, ...names],
        rows: results.map((result, c) => [
          result.name,
          percent(result.mean),
          CONTENDERS[c] === PEER ? '' : told(result.difference),
          ...result.tables.map((share) => percent(share)),
        ]),
      },
    ],
    notes: [versions.join('; ')],
    missed: low > 0 ? [`with generations of 8 the regret is certainly larger than Optuna's`] : [],
  };
}

/** The interval that holds the mean with a confidence of 95 %. */
function interval(values) {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const margin =
    values.length > 1 ? criticalT(0.05, values.length - 1) * Math.sqrt(variance / values.length) : 0;
  return { mean, margin, low: mean - margin, high: mean + margin };
}
