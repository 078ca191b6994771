/**
 * The tree-structured Parzen estimator: what is proposed is likely among the good configurations so far, and unlikely among the others.
 *
 * Built: Bergstra et al. (2011, https://papers.nips.cc/paper/4443), the split, two densities l and g, and the candidate of
 * greatest l/g, which has the greatest expected improvement; Falkner et al. (2018, https://arxiv.org/abs/1807.01774), densities over all
 * parameters together; Watanabe (2023, https://arxiv.org/abs/2304.11127), the split's size, the kernels' least width, the weight
 * of the prior. Not built: weights by age or by improvement, several objectives. Model kinds are a choice among others, on which
 * the parameters hang, so one kind's results say which kind is worth trying.
 *
 * Generations overlap: one is proposed while the one before is still being trained, whose configurations count as bad meanwhile, and
 * so do those proposed just before (a constant liar, Ginsbourger et al., 2010): else a generation would be one point many times.
 */
import { type Random, randomStream } from '../../../../learning/random/index.js';
import type { Configuration } from '../../../../queue/index.js';
import { type Asked, type Where, whereOf } from '../../../where/index.js';
import { configurationHash } from '../hash.js';
import { optionsOf } from '../options.js';
import { sobol } from '../sobol.js';
import type { Generation, Observation, Space, Strategy } from '../strategy.js';
import { mixtureOf, type Place } from './mixture.js';
import { type Side, sidesOf } from './sides.js';
import { split } from './split.js';

/** Configurations before the first that follows from results: the generations that have none, and at least so many. */
const STARTUP = 10;
/** Points drawn for each proposal, of which the best is taken. */
const CANDIDATES = 24;
/** Draws for them, some of which repeat what there is, or break a constraint. */
const MOST_DRAWS = 20 * CANDIDATES;

export const tpe: Strategy = {
  adaptive: true,
  // What it will propose nobody knows; where it begins, points are spread over the whole.
  isEven: () => true,
  total: (space) => sobol.total(space),
  left: (space) => sobol.left(space),
  generationSize: ({ strategy }) => optionsOf(strategy).generation,
  propose(space, history, generation) {
    if (isStartup(generation)) return sobol.propose(space, [], generation);
    const size = optionsOf(space.strategy).generation;
    const { number, from } = generation;
    const before = { number: number - 1, from: from - size, to: from };
    const settled = history.filter(({ configuration }) => configuration.index < before.from);
    return proposed(space, settled, underWay(space, settled, before), generation);
  },
};

const isStartup = ({ number, from }: Generation): boolean => number < 2 || from < STARTUP;

/**
 * The configurations of a generation whose results are not known yet. They are proposed anew, as they were, rather than asked for:
 * what the one before them had under way is known by now.
 */
function underWay(space: Space, history: readonly Observation[], generation: Generation): Configuration[] {
  if (isStartup(generation)) return sobol.propose(space, [], generation);
  const from = generation.from - (generation.to - generation.from);
  const earlier = history.filter(({ configuration }) => configuration.index < from);
  const meanwhile = history.map(({ configuration }) => configuration).filter(({ index }) => index >= from);
  return proposed(space, earlier, meanwhile, generation);
}

/** @param meanwhile - Configurations without a result yet. */
function proposed(
  space: Space,
  history: readonly Observation[],
  meanwhile: readonly Configuration[],
  { number, from, to }: Generation,
): Configuration[] {
  const { models, where = [], seed, strategy, objective } = space;
  const { seed: own = seed } = optionsOf(strategy);
  const random = randomStream(own, `tpe ${number}`);
  const kinds = models.map(sidesOf);
  const place = (one: Asked): Place => placeOf(space, kinds, one);
  const { good, bad } = split(history, objective.direction);
  const l = mixtureOf(
    kinds,
    good.map(({ configuration }) => place(configuration)),
  );
  const others = [...bad.map(({ configuration }) => configuration), ...meanwhile].map(place);
  const known = new Set(
    [...history.map(({ configuration }) => configuration), ...meanwhile].map(({ hash }) => hash),
  );
  const constraints = whereOf(where, models);
  const configurations: Configuration[] = [];
  for (let index = from; index < to; index++) {
    const g = mixtureOf(kinds, others);
    let best: { ratio: number; place: Place; hash: string; asked: Asked } | undefined;
    for (const { hash, asked } of candidates(space, kinds, l.draw, known, constraints, random)) {
      const at = place(asked);
      const ratio = l.at(at) / g.at(at);
      if (best === undefined || ratio > best.ratio) best = { ratio, place: at, hash, asked };
    }
    const { hash, asked } = best ?? nextUnknown(space, known);
    known.add(hash);
    others.push(place(asked));
    configurations.push({ index, hash, model: asked.model, parameters: { ...asked.parameters } });
  }
  return configurations;
}

interface Candidate {
  readonly hash: string;
  readonly asked: Asked;
}

/** Different points that are new and that constraints allow, as many as are found. */
function candidates(
  { models }: Space,
  kinds: readonly (readonly Side[])[],
  draw: (random: Random) => { kind: number; values: Asked['parameters'][string][] },
  known: ReadonlySet<string>,
  constraints: Where,
  random: Random,
): Candidate[] {
  const found = new Map<string, Asked>();
  for (let draws = 0; draws < MOST_DRAWS && found.size < CANDIDATES; draws++) {
    const { kind, values } = draw(random);
    const { model, axes } = models[kind]!;
    const parameters = Object.fromEntries(axes.map(({ parameter, values: [first] }) => [parameter, first!]));
    for (const [i, { parameter }] of kinds[kind]!.entries()) parameters[parameter] = values[i]!;
    const asked = { model, parameters };
    if (!isAllowed(asked, constraints)) continue;
    const hash = configurationHash(model, parameters);
    if (!known.has(hash)) found.set(hash, asked);
  }
  return [...found].map(([hash, asked]) => ({ hash, asked }));
}

/** A constraint without an answer is told of before a search is queued; a point that none saw then is not taken. */
function isAllowed(asked: Asked, { satisfies }: Where): boolean {
  try {
    return satisfies(asked);
  } catch {
    return false;
  }
}

/** Where all around the good ones is known: the first point of the even sequence that is not. There is one before the search's end. */
function nextUnknown(space: Space, known: ReadonlySet<string>): Candidate {
  for (let at = 0; ; at++) {
    const [point] = sobol.propose(space, [], { number: 0, from: at, to: at + 1 });
    if (point === undefined) throw new Error('the search space has no more configurations');
    if (!known.has(point.hash)) return { hash: point.hash, asked: point };
  }
}

function placeOf(
  { models }: Space,
  kinds: readonly (readonly Side[])[],
  { model, parameters }: Asked,
): Place {
  const kind = models.findIndex((one) => one.model === model);
  return { kind, cells: kinds[kind]!.map(({ parameter, cellOf }) => cellOf(parameters[parameter]!)) };
}
