/** The evidence in sentences: what won, whether to believe it, and what would tell more. */
import type { Evidence } from './evidence.js';
import { count, metricWords, short, shortSpread, time } from './words.js';

/** The first sentence says what won; text in them may come from files. */
export function verdictOf(evidence: Omit<Evidence, 'verdict'>): string[] {
  const { winner } = evidence;
  if (winner === null) return [];
  return [
    winning(evidence, winner),
    ...(evidence.cut === null ? [] : [`The search was ${evidence.cut}.`]),
    ...unbiased(evidence, winner),
    ...reused(evidence),
    ...believing(evidence, winner),
    ...baselines(evidence),
    ...pruning(evidence),
    ...mattering(evidence),
    ...advice(evidence),
  ];
}

function winning(evidence: Omit<Evidence, 'verdict'>, winner: number): string {
  const { columns, objective, scores, testScore, registered, ended } = evidence;
  const score = shortSpread(columns.mean[winner]!, columns.std[winner]!);
  const what = [columns.model[winner]!, ...settings(evidence, winner)].join(', ');
  const parts = [
    `${ended ? '' : 'so far '}${what} ${ended ? 'wins' : 'leads'} with ${metricWords(objective.metric)} ${score} over ${count(scores, 'fold')}`,
    ...(testScore === null ? [] : [`${short(testScore)} on held-out rows`]),
    ...(registered === null ? [] : [registration(registered)]),
  ];
  return `${parts.join('; ')}.`;
}

function reused({ reused }: Pick<Evidence, 'reused'>): string[] {
  if (reused === null) return [];
  const { folds, from } = reused;
  const whose = from.length === 0 ? 'earlier searches' : from.join(', ');
  return [
    `${count(folds, 'fold')} ${folds === 1 ? 'was' : 'were'} taken over from ${whose}, not trained again.`,
  ];
}

/** `units 64`, `learning rate 0.001`: of what varies. */
const settings = ({ varying, columns }: Pick<Evidence, 'varying' | 'columns'>, row: number): string[] =>
  varying.flatMap((name) => {
    const value = columns.parameters[name]![row];
    return value === null ? [] : [`${name.replaceAll('_', ' ')} ${value}`];
  });

function registration({ name, version, aliases, why }: NonNullable<Evidence['registered']>): string {
  const roles = aliases.length === 0 ? '' : `, ${aliases.join(' and ')}`;
  return `registered as ${name} version ${version}${roles}${why === null ? '' : ` (${why})`}`;
}

/** What nested cross-validation says of the winner's score. */
function unbiased(
  { nested, columns, objective }: Pick<Evidence, 'nested' | 'columns' | 'objective'>,
  winner: number,
): string[] {
  if (nested === null) return [];
  const { mean, std, optimism, picks } = nested;
  const own = short(columns.mean[winner]!);
  const says = optimism > 0 ? `optimistic by ${short(optimism)}` : 'not optimistic';
  const same = picks.filter(({ configuration }) => configuration.index === columns.index[winner]).length;
  return [
    `Nested estimate of the whole search: ${metricWords(objective.metric)} ${shortSpread(mean, std)}; the winner’s own ${own} is ${says}.`,
    `The inner folds pick the winner for ${same} of ${count(picks.length, 'outer fold')}.`,
  ];
}

function believing(evidence: Omit<Evidence, 'verdict'>, winner: number): string[] {
  const { rule, alike, compared, scores, simplest, columns, leastDifference, region } = evidence;
  if (scores === 1) return ['One split can’t tell a difference from chance; cross-validation can.'];
  if (rule === null || simplest === null) return [];
  const how =
    rule === 'one standard error'
      ? 'within one standard error'
      : `corrected t-test with Holm’s correction, p > 0.05, or a difference under ${region}`;
  const simple =
    simplest === winner
      ? 'none within one standard error is simpler'
      : `the simplest within one standard error is ${columns.name[simplest]}`;
  const told = `${alike.length} of ${count(compared, 'other')} can’t be told from it (${how}); ${simple}.`;
  if (leastDifference === null || leastDifference === 0) return [told];
  return [
    told,
    `The least difference that a test of these ${scores} folds could have told from chance is ${short(leastDifference)}.`,
  ];
}

const baselines = ({ baselines, objective }: Pick<Evidence, 'baselines' | 'objective'>): string[] =>
  baselines.map(({ name, mean, std, test, beaten }) => {
    const warning = beaten === false ? ': the winner does not beat that' : '';
    return `Baseline ${name}: ${metricWords(objective.metric)} ${shortSpread(mean, std)} over the same folds, ${short(test)} on the test rows${warning}.`;
  });

/** What was saved, reckoned by what a fold took of those of the same kind that were not stopped. */
function pruning({ columns, shared }: Pick<Evidence, 'columns' | 'shared'>): string[] {
  const rows = columns.status.flatMap((status, row) => (status === 'PRUNED' ? [row] : []));
  if (rows.length === 0) return [];
  const within = rows.filter((row) => stoppedAt(columns, row) !== undefined);
  // A fold that was stopped is among those without a score, and was begun.
  const spared = rows.map((row) => {
    const missing = columns.folds[row]!.filter((score) => score === null).length;
    return stoppedAt(columns, row) === undefined ? missing : missing - 1;
  });
  const epochs = rows.map((row) => epochsLeft({ columns, shared }, row));
  const seconds = rows.map(
    (row, i) => (spared[i]! + epochs[i]!.left / epochs[i]!.all) * usualSeconds(columns, columns.model[row]!),
  );
  const all = columns.folds.reduce((sum, folds) => sum + folds.length, 0);
  const left = sumOf(epochs.map(({ left }) => left));
  const begun = sumOf(within.map((row) => stoppedAt(columns, row)!)) + left;
  return [
    `Pruning stopped ${rows.length} of ${count(columns.status.length, 'configuration')}${within.length > 0 ? `, ${within.length} of them within their first fold,` : ''} and spared ${sumOf(spared)} of ${count(all, 'fold')}${within.length > 0 ? ` and up to ${left} of ${count(begun, 'epoch')} of those that it stopped` : ''}, about ${time(sumOf(seconds))} of training.`,
  ];
}

/** The epoch of its first fold after which a configuration was stopped. */
const stoppedAt = ({ stop }: Evidence['columns'], row: number): number | undefined => stop[row]?.at?.epoch;

/** Epochs that a fold was spared; early stopping might have spared some of them, too. */
function epochsLeft(
  { columns, shared }: Pick<Evidence, 'columns' | 'shared'>,
  row: number,
): { left: number; all: number } {
  const at = stoppedAt(columns, row);
  const all = Number(columns.parameters.epochs?.[row] ?? shared.epochs);
  return at === undefined || !(all > at) ? { left: 0, all: 1 } : { left: all - at, all };
}

/** Mean over complete configurations of the kind; where none is complete, over all. */
function usualSeconds({ fitSeconds, model }: Evidence['columns'], kind: string): number {
  const known = fitSeconds.flatMap((seconds, row) => (seconds === null ? [] : [{ seconds, row }]));
  const own = known.filter(({ row }) => model[row] === kind);
  const taken = own.length > 0 ? own : known;
  return sumOf(taken.map(({ seconds }) => seconds)) / Math.max(1, taken.length);
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** Effects that are worth a word. */
const TOLD = 3;

function mattering({ importances }: Pick<Evidence, 'importances'>): string[] {
  return importances.flatMap(({ model, method, effects, configurations }) => {
    // One parameter alone has nothing to be weighed against.
    if (effects.length === 0 || (effects.length === 1 && model !== null)) return [];
    const parts = effects
      .slice(0, TOLD)
      .map(
        ({ parameters, share }) =>
          `${parameters.join(' × ').replaceAll('_', ' ')} ${Math.round(share * 100)} %`,
      );
    const where = model === null || importances.length === 1 ? 'What mattered' : `Within ${model}`;
    return [`${where}: ${parts.join(', ')} (${method}, ${count(configurations, 'configuration')}).`];
  });
}

function advice({ repeats, alike, scores }: Pick<Evidence, 'repeats' | 'alike' | 'scores'>): string[] {
  if (repeats === null || alike.length === 0) return [];
  return [
    `${scores} fold scores tell little apart: repeated_stratified_k_fold with n_repeats: ${repeats.repeats} gives ${repeats.scores}, with which a difference of ${short(repeats.leastDifference)} would show, for about ${time(repeats.seconds)} more of training.`,
  ];
}
