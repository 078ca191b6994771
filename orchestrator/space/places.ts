/**
 * Values that name a folder, as `encoder: { path: my-model }`. Parameters are flat, so inside a search space such a value is the
 * text `path:` with the folder behind it.
 */
import { resolve } from 'node:path';
import type { ParameterValue } from '../../learning/models/index.js';

const PATH = 'path:';

/** The document with `{ path: … }` written flat, in the models' blocks, in `training`, and in a list of configurations. */
export function flatPlaces(document: unknown): unknown {
  if (!isMapping(document)) return document;
  const { models, training, strategy } = document;
  return {
    ...document,
    ...(isMapping(models) && { models: mapValues(models, flatBlock) }),
    ...(training !== undefined && { training: flatBlock(training) }),
    ...(isMapping(strategy) && { strategy: mapValues(strategy, flatList) }),
  };
}

/** The folder relative to which it was written becomes part of it. */
export const absolutePlace = (value: ParameterValue, folder: string): ParameterValue =>
  isPlace(value) ? PATH + resolve(folder, value.slice(PATH.length)) : value;

/** The folder that a value names. */
export const placeOfValue = (value: ParameterValue): string | undefined =>
  isPlace(value) ? value.slice(PATH.length) : undefined;

const isPlace = (value: ParameterValue): value is string =>
  typeof value === 'string' && value.startsWith(PATH);

const flatBlock = (block: unknown): unknown =>
  isMapping(block)
    ? mapValues(block, (value) => (Array.isArray(value) ? value.map((one) => flat(one)) : flat(value)))
    : block;

/** In a list all is single values, so a file is one too, as it is in a list of choices. */
const flatList = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((one) => (isMapping(one) ? mapValues(one, (inner) => flat(flat(inner), 'file')) : one))
    : value;

function flat(value: unknown, key = 'path'): unknown {
  if (!isMapping(value)) return value;
  const { [key]: place, ...others } = value;
  return typeof place === 'string' && Object.keys(others).length === 0 ? `${key}:${place}` : value;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (
  mapping: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, change(value)]));
