/**
 * What epoch rules make of complete generations: a short list of bars for each model kind, however many trials there were.
 *
 * Compared is the first fold of each trial, at the same epoch, within one kind: an LSTM needs more epochs than an average of word
 * vectors to be worth as much. And only first folds are judged: every configuration is among them once, on the same rows. Those
 * that get through have been found good, and to ask each of their further folds for the top third of a third again would leave
 * none but the lucky; what they are worth over folds is for a fold rule to say.
 */
import type { EpochBar } from '../../../queue/index.js';
import type { Direction } from '../../../review/analysis/index.js';
import type { Observation } from '../strategies/index.js';
import type { EpochRule } from './pruner.js';

/** Bars by model kind, each kind's by epoch; none where too few came as far. */
export function epochBars(
  rule: EpochRule,
  history: readonly Pick<Observation, 'configuration' | 'rungs'>[],
  direction: Direction,
): Record<string, EpochBar[]> {
  const reached = new Map<string, Map<number, number[]>>();
  for (const { configuration, rungs = [] } of history) {
    const epochs = entryOf(reached, configuration.model, () => new Map<number, number[]>());
    for (const { epoch, score } of rungs)
      if (Number.isFinite(score)) entryOf(epochs, epoch, () => []).push(score);
  }
  return Object.fromEntries(
    [...reached].map(([model, epochs]) => {
      const bars = [...epochs].flatMap(([epoch, others]) => {
        const found = rule.bar(others, direction);
        return found === undefined ? [] : [{ epoch, bar: found.bar, numbers: { ...found.numbers } }];
      });
      return [model, bars.sort((a, b) => a.epoch - b.epoch)];
    }),
  );
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, made: () => Value): Value {
  const value = map.get(key) ?? made();
  map.set(key, value);
  return value;
}
