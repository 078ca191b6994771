/** The text of a search space file to its validated value. Pure: whether files exist is `read.ts`'s business. */
import { dirname } from 'node:path';
import type { z } from 'zod';
import { crossValidationOf, datasetSpecOf } from '../../learning/data/index.js';
import { METRICS } from '../../learning/metrics/index.js';
import { whereTroubles } from '../where/index.js';
import type { AxisInput } from './axis.js';
import { axisOf, defaultOf } from './axis.js';
import type { Outline } from './document.js';
import { readDocument } from './document.js';
import { schemaFindings } from './findings.js';
import type { Finding, Position, SearchSpaceIssue } from './issues.js';
import { findingMessage, formatPath, SearchSpaceError, valueAt } from './issues.js';
import { listedSpace, repeatFindings } from './list.js';
import { PARAMETERS } from './parameters.js';
import { absolutePlace, flatPlaces } from './places.js';
import { ruleFindings } from './rules.js';
import type { Block, SearchSpaceFile } from './schema.js';
import { GROUPS, searchSpaceFile } from './schema.js';
import { spaceSize } from './size.js';
import type { Axis, ModelSpace, SearchSpace, StrategySpec } from './types.js';

/** More than anyone trains; a slip such as `steps: 1000` in four places is told before a queue fills. */
export const MAX_CONFIGURATIONS = 10_000_000;

/**
 * Validates the text of a search space file and fills in all defaults.
 *
 * @param file - Its path: named in errors, and the folder that `dataset.file` is relative to.
 * @throws SearchSpaceError with every issue found, in line order.
 */
export function parseSearchSpace(text: string, file: string): SearchSpace {
  const read = readDocument(text);
  const outline = { ...read, value: flatPlaces(read.value) };
  const broken = outline.findings.map((finding) => toIssue(finding, file, finding.position));
  if (broken.length > 0) throw new SearchSpaceError(broken);

  const findings = schemaFindings(searchSpaceFile, outline.value);
  // A field that is wrong in itself gets one message, not a second one about how it fits the others.
  const blamed = new Set(findings.map(({ path }) => formatPath(path)));
  findings.push(...ruleFindings(outline.value).filter(({ path }) => !blamed.has(formatPath(path))));
  if (findings.length > 0) throw located(findings, file, outline);

  const space = resolveSpace(searchSpaceFile.parse(outline.value), outline, text, file);
  const repeats = space.strategy.kind === 'list' ? repeatFindings(space.models) : [];
  const misfits = [
    ...sizeFindings(space),
    ...dimensionFindings(space),
    ...repeats,
    ...whereFindings(space, outline.value),
  ];
  if (misfits.length > 0) throw located(misfits, file, outline, text);
  return space;
}

function sizeFindings({ models, strategy }: SearchSpace): Finding[] {
  const count = Math.min(spaceSize(models), strategy.max_trials ?? Number.POSITIVE_INFINITY);
  if (count <= MAX_CONFIGURATIONS) return [];
  return [
    {
      path: ['models'],
      atKey: true,
      what: `is a grid of ${count.toLocaleString('en')} configurations`,
      remedy: `thin it out to at most ${MAX_CONFIGURATIONS.toLocaleString('en')}, or give strategy: { max_trials: 1000 }`,
    },
  ];
}

/** Parameters that a Sobol sequence has coordinates for, beside the one for the model kind. */
const MOST_SOBOL = 20;

function dimensionFindings({ models, strategy }: SearchSpace): Finding[] {
  // What tpe begins with are points of that sequence.
  const { kind } = strategy;
  if (kind !== 'sobol' && kind !== 'tpe') return [];
  return models.flatMap(({ model, axes }) => {
    const searched = axes.filter(({ values }) => values.length > 1).length;
    if (searched <= MOST_SOBOL) return [];
    return [
      {
        path: ['models', model],
        atKey: true,
        what: `has ${searched} searched parameters where ${kind} takes ${MOST_SOBOL}`,
        remedy: 'fix some of them, or write kind: random',
      },
    ];
  });
}

function whereFindings({ where, models }: SearchSpace, document: unknown): Finding[] {
  const isList = Array.isArray(valueAt(document, ['where']));
  return whereTroubles(where, models).map(({ index, ...trouble }) => ({
    path: isList ? ['where', index] : ['where'],
    value: where[index],
    ...trouble,
  }));
}

function located(findings: readonly Finding[], file: string, outline: Outline, text = ''): SearchSpaceError {
  return new SearchSpaceError(
    findings.map((finding) => toIssue(finding, file, within(finding, placeOf(finding, outline), text))),
  );
}

/** A place inside the value, if it stands on one line as it is, quotes aside. */
function within({ offset = 0, value }: Finding, { line, column }: Position, text: string): Position {
  const written = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
  const quote = /^["']/.test(written) ? 1 : 0;
  const stands = typeof value === 'string' && written.slice(quote).startsWith(value);
  return { line, column: stands && offset > 0 ? column + quote + offset : column };
}

/** Where to look: the value, or the key, or for what is missing the key it is missing under. */
function placeOf({ path, atKey, value }: Finding, { keys, values }: Outline): Position {
  for (let length = path.length; length > 0; length -= 1) {
    const name = formatPath(path.slice(0, length));
    const preferKey = atKey === true || length < path.length || value === undefined;
    const place = preferKey ? (keys.get(name) ?? values.get(name)) : values.get(name);
    if (place !== undefined) return place;
  }
  return values.get('') ?? { line: 1, column: 1 };
}

function toIssue(finding: Finding, file: string, position: Position): SearchSpaceIssue {
  return { file, ...position, path: formatPath(finding.path), message: findingMessage(finding) };
}

/** A configuration of a list as it stands in the file. */
type Listed = Block & { readonly model: string };

function resolveSpace(checked: SearchSpaceFile, outline: Outline, text: string, file: string): SearchSpace {
  const {
    name,
    dataset,
    cross_validation,
    objective,
    strategy,
    pruning,
    budget,
    seed,
    retries,
    registered_model,
    baseline,
    where,
  } = checked;
  // Blocks come from the document and not from zod's output, which has the schema's order: the file's order counts.
  const training = valueAt(outline.value, ['training']) as Block | undefined;
  const blocks = (valueAt(outline.value, ['models']) ?? {}) as Record<string, Block>;
  const spaceOf = (model: string): ModelSpace => modelSpace(model, blocks[model] ?? {}, training ?? {});
  const listed = valueAt(outline.value, ['strategy', 'configurations']) as readonly Listed[] | undefined;
  const written =
    listed?.map(({ model, ...named }, index) => listedSpace(flatten(named), spaceOf(model), index)) ??
    Object.keys(blocks).map(spaceOf);
  const spaces = written.map((space) => absolute(space, dirname(file)));
  return {
    name,
    dataset: datasetSpecOf(dataset, dirname(file)),
    cross_validation: crossValidationOf(cross_validation, seed),
    objective: {
      metric: objective.metric,
      direction: objective.direction ?? METRICS[objective.metric].direction,
    },
    strategy: strategyOf(strategy, spaces, pruning.folds !== 'off' || pruning.epochs !== 'off'),
    pruning,
    budget,
    models: spaces,
    where: where === undefined ? [] : [where].flat(),
    seed,
    retries,
    registered_model: registered_model ?? name,
    baseline,
    source: { file, text, positions: Object.fromEntries(outline.values) },
  };
}

/** Enough to keep some workers busy, and few enough to learn from. */
const GENERATION = 8;

/** A grid this large is left before its end more often than not: then its beginning should have covered it. */
const LARGE_GRID = 100;

function strategyOf(
  { configurations: _, ...written }: SearchSpaceFile['strategy'],
  models: readonly ModelSpace[],
  isPruned: boolean,
): StrategySpec {
  const generation = (written.kind === 'tpe' || isPruned) && { generation: GENERATION };
  const order = written.kind === 'grid' && {
    order: spaceSize(models) >= LARGE_GRID ? ('spread' as const) : ('declared' as const),
  };
  return { ...order, ...generation, ...written };
}

/** Folders are relative to the file. */
const absolute = ({ axes, ...space }: ModelSpace, folder: string): ModelSpace => ({
  ...space,
  axes: axes.map(({ values, ...axis }) => ({
    ...axis,
    values: values.map((value) => absolutePlace(value, folder)),
  })),
});

/** Axes in the order: the kind's as written, its defaults, training's as written, its defaults. */
function modelSpace(model: string, block: Block, training: Block): ModelSpace {
  const own = PARAMETERS.kinds[model]!.parameters.shape;
  const last = PARAMETERS.training.shape;
  const axes = new Map<string, Axis>();
  const add = (parameter: string, axis: Omit<Axis, 'parameter'>) => {
    if (!axes.has(parameter)) axes.set(parameter, { parameter, ...axis });
  };
  const addWritten = (written: Block) => {
    for (const [parameter, input] of flatten(written))
      if (parameter in own) add(parameter, axisOf(input, own[parameter] as z.ZodType));
  };
  const addDefaults = (shape: z.ZodObject['shape']) => {
    for (const [parameter, schema] of Object.entries(shape)) {
      const value = defaultOf(schema as z.ZodType);
      if (value !== undefined) add(parameter, { values: [value] });
    }
  };
  addWritten(block);
  // How a kind is trained, and whatever the training block says, goes last.
  const written = new Set(flatten(training).map(([parameter]) => parameter));
  const waits = (parameter: string) => parameter in last || written.has(parameter);
  addDefaults(Object.fromEntries(Object.entries(own).filter(([parameter]) => !waits(parameter))));
  addWritten(training);
  addDefaults(own);
  return { model, axes: [...axes.values()] };
}

/** Takes parameters out of their groups: `early_stopping: { patience: 2 }` is the parameter `patience`. */
function flatten(block: Block): [parameter: string, input: AxisInput][] {
  return Object.entries(block).flatMap(([key, input]) =>
    key in GROUPS ? Object.entries(input as Record<string, AxisInput>) : [[key, input as AxisInput]],
  );
}
