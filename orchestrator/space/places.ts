/**
 * Values that name a folder, as `encoder: { path: my-model }`. Parameters are flat, so inside a search space such a value is the
 * text `path:` with the folder behind it.
 */
import { resolve } from 'node:path';
import type { ParameterValue } from '../../learning/models/index.js';

const PATH = 'path:';

/** The document with `{ path: … }` written flat, in the models' blocks and in `training`. */
export function flatPlaces(document: unknown): unknown {
  if (!isMapping(document)) return document;
  const { models, training } = document;
  return {
    ...document,
    ...(isMapping(models) && { models: mapValues(models, flatBlock) }),
    ...(training !== undefined && { training: flatBlock(training) }),
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
    ? mapValues(block, (value) => (Array.isArray(value) ? value.map(flat) : flat(value)))
    : block;

function flat(value: unknown): unknown {
  if (!isMapping(value)) return value;
  const { path, ...others } = value;
  return typeof path === 'string' && Object.keys(others).length === 0 ? PATH + path : value;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (
  mapping: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, change(value)]));
