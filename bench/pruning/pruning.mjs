/**
 * What the fold rules save and what they cost, replayed on tables: of the same random configurations, trained in full and with each rule;
 * and with TPE, at equal folds, beside Optuna's TPE with its WilcoxonPruner. Repeats of the tables stand for folds.
 *
 * Fixed before looking: generations of eight, as the search has them; 200 configurations for the limits.
 */
import { FOLD_RULES, randomStream, shuffle } from '../hpobench/dist.mjs';
import { search } from '../hpobench/search.mjs';
import { meanOf, range, withTables } from '../hpobench/tables.mjs';
import { say } from '../progress.mjs';
import { fixed } from '../table.mjs';

const GENERATION = 8;
const SIZES = [50, 100, 200, 1000];
const SIZE = 200;
const RULES = Object.keys(FOLD_RULES);
/** Of the folds, and points of regret, for at least one rule with both numbers of folds. */
const LIMITS = { share: { 3: 0.5, 5: 0.35 }, regret: 0.1 };
const FOLDS = Object.keys(LIMITS.share).map(Number);
/** With TPE a search may train as many folds as so many configurations have. */
const BUDGET = 50;

export default async function pruning({ repeat, settle }) {
  await settle();
  return withTables((given) => measure(given, repeat));
}

async function measure({ models, tables, repeats, versions, optuna }, repeat) {
  const foldsOf = (seed, count) => shuffle(range(repeats), randomStream(seed, 'folds')).slice(0, count);
  const sum = {};
  const add = (key, table, values) => {
    sum[key] ??= tables.map(() => []);
    sum[key][table].push(values);
  };
  for (let seed = 0; seed < repeat; seed++) {
    say(`rules, seed ${seed + 1} of ${repeat}`);
    for (const size of SIZES)
      for (const [k, table] of tables.entries())
        for (const count of FOLDS) {
          const chosen = foldsOf(seed, count);
          const scores = (configuration) => table.scores(configuration, chosen);
          const common = { models, kind: 'random', seed, generation: GENERATION, trials: size, folds: count };
          for (const rule of RULES) {
            const { seen, trained } = search({ ...common, rule, scores });
            const full = Math.max(...seen.map(({ all }) => meanOf(all)));
            add(`${size} ${count} ${rule}`, k, {
              share: trained / (size * count),
              regret: 100 * (full - bestOf(seen)),
            });
          }
        }
  }
  const atEqualFolds = [
    { name: 'gridsearch TPE' },
    ...RULES.map((rule) => ({ name: `gridsearch TPE, ${rule}`, rule })),
    { name: 'Optuna TPE', peer: true, pruner: false },
    { name: 'Optuna TPE, WilcoxonPruner', peer: true, pruner: true },
  ];
  const seeds = Math.ceil(repeat / 4);
  for (let seed = 0; seed < seeds; seed++) {
    say(`TPE at equal folds, seed ${seed + 1} of ${seeds}`);
    for (const count of FOLDS) {
      const chosen = foldsOf(seed, count);
      const budget = BUDGET * count;
      for (const [k, table] of tables.entries()) {
        const { best } = table.ends(chosen);
        for (const { name, rule, peer, pruner } of atEqualFolds) {
          const found = peer
            ? await byOptuna({ optuna, table: k, chosen, seed, pruner, budget, meanOfRow: table.meanOfRow })
            : byOurs({ models, seed, rule, folds: count, budget, scores: (c) => table.scores(c, chosen) });
          add(`equal ${count} ${name}`, k, { regret: 100 * (best - found.best), trials: found.trials });
        }
      }
    }
  }
  return report(
    sum,
    tables.map(({ name }) => name),
    { repeat, seeds, versions, names: atEqualFolds.map(({ name }) => name) },
  );
}

/** The mean of the winner: of those that were trained in full, the best. */
const bestOf = (seen) =>
  Math.max(...seen.map(({ outcome, scores }) => (outcome === 'complete' ? meanOf(scores) : -1)));

function byOurs({ models, seed, rule, folds, budget, scores }) {
  const common = { models, kind: 'tpe', seed, generation: GENERATION, trials: budget, folds, budget };
  const { seen } = search({ ...common, rule, scores });
  return { best: bestOf(seen), trials: seen.filter(({ outcome }) => outcome !== 'cut').length };
}

async function byOptuna({ optuna, table, chosen, seed, pruner, budget, meanOfRow }) {
  const inFlight = GENERATION;
  const request = { table, repeats: chosen, seed, pruner, inFlight, trials: budget, folds: budget };
  const { ended } = await optuna(request);
  const complete = ended.filter(([, isComplete]) => isComplete);
  return { best: Math.max(...complete.map(([place]) => meanOfRow(place, chosen))), trials: ended.length };
}

function report(sum, names, { repeat, seeds, versions, names: contenders }) {
  const perTable = (key, what) => sum[key].map((each) => meanOf(each.map((one) => one[what])));
  const mean = (key, what) => meanOf(perTable(key, what));
  const percent = (share) => `${fixed(100 * share, 1)} %`;
  const columns = ['share', 'regret'].map((what) => ({
    what,
    tell: what === 'share' ? percent : (points) => fixed(points, 3),
  }));
  const cells = (key, pick) => columns.map(({ what, tell }) => tell(pick(perTable(key, what))));
  const headOf = (labels) => labels.flatMap((label) => [`${label}: folds`, 'regret']);
  const byDataset = FOLDS.map((count) => ({
    title: `${SIZE} random configurations, ${count} folds: share of the folds trained, and points of accuracy that the winner has less than with all of them; means of ${repeat} seeds`,
    head: ['', ...headOf(RULES)],
    rows: [
      ...names.map((name, k) => [
        name,
        ...RULES.flatMap((rule) => cells(`${SIZE} ${count} ${rule}`, (each) => each[k])),
      ]),
      ['mean', ...RULES.flatMap((rule) => cells(`${SIZE} ${count} ${rule}`, meanOf))],
    ],
  }));
  const bySize = {
    title: 'Other numbers of configurations: means over the tables',
    head: ['configurations', 'folds of each', ...headOf(RULES)],
    rows: SIZES.flatMap((size) =>
      FOLDS.map((count) => [
        size,
        count,
        ...RULES.flatMap((rule) => cells(`${size} ${count} ${rule}`, meanOf)),
      ]),
    ),
  };
  const equal = {
    title: `At equal folds, those of ${BUDGET} configurations trained in full: configurations tried, and points of accuracy that the winner has less than the best of the table; means of ${seeds} seeds over the tables`,
    head: ['', ...FOLDS.flatMap((count) => [`${count} folds: tried`, 'regret'])],
    rows: contenders.map((name) => [
      name,
      ...FOLDS.flatMap((count) => [
        fixed(mean(`equal ${count} ${name}`, 'trials'), 0),
        fixed(mean(`equal ${count} ${name}`, 'regret'), 2),
      ]),
    ]),
  };
  const holds = (rule) =>
    FOLDS.every(
      (count) =>
        mean(`${SIZE} ${count} ${rule}`, 'share') <= LIMITS.share[count] &&
        mean(`${SIZE} ${count} ${rule}`, 'regret') <= LIMITS.regret,
    );
  const holding = RULES.filter(holds);
  return {
    figures: {
      limits: LIMITS,
      holding,
      versions,
      byKey: Object.fromEntries(
        Object.keys(sum).map((key) => [
          key,
          Object.fromEntries(Object.keys(sum[key][0][0]).map((what) => [what, perTable(key, what)])),
        ]),
      ),
    },
    tables: [...byDataset, bySize, equal],
    notes: [
      `Within ${percent(LIMITS.share[3])} of the folds with 3, ${percent(LIMITS.share[5])} with 5, and ${LIMITS.regret} points: ${holding.join(', ') || 'none'}. ${versions.join('; ')}`,
    ],
    missed: holding.length === 0 ? ['no rule is within the limits with 3 folds and with 5'] : [],
  };
}
