/**
 * Request fields as MLflow's clients send them: snake_case, 64-bit integers as numbers or strings, doubles also as
 * "NaN" and "Infinity", null for absent. Query strings and JSON bodies go through the same schemas.
 */
import { z } from 'zod';
import { type ApiError, asJson, invalid, missingParameter } from './errors.js';
import { RUN_STATUS } from './store/contract.js';

/** A field that may be absent or null. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

export const text = z.string();
/** Present and not empty. */
export const required = z.string().min(1);

const INTEGER_TEXT = /^-?\d+$/;
const safe = (value: number): boolean => Number.isSafeInteger(value);
export const int64 = z
  .union([z.number(), z.string().regex(INTEGER_TEXT)])
  .transform(Number)
  .refine(safe, 'must be an integer of at most 53 bits');

/** A number as text, as Python's float() reads it. */
const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITY_TEXT = /^[+-]?inf(?:inity)?$/i;
const NAN_TEXT = /^[+-]?nan$/i;

export const double = z.union([
  z.number(),
  z
    .string()
    .transform((value) => value.trim())
    .refine((value) => [NUMBER_TEXT, INFINITY_TEXT, NAN_TEXT].some((form) => form.test(value)))
    .transform((value) => {
      if (NAN_TEXT.test(value)) return Number.NaN;
      if (!INFINITY_TEXT.test(value)) return Number(value);
      return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }),
]);

export const bool = z.union([z.boolean(), z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })]);

/** A list; in a query string, one value is a list of one. */
export const list = <T extends z.ZodType>(schema: T) =>
  z
    .preprocess(
      (value) => (value === undefined || value === null || Array.isArray(value) ? value : [value]),
      z.array(schema).nullish(),
    )
    .transform((values) => values ?? []);

/** A list that only a JSON array can be. */
export const array = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((values) => values ?? []);

export const keyValue = z.object({ key: required, value: optional(text).transform((value) => value ?? '') });

export const metric = z
  .object({
    key: required,
    value: double,
    timestamp: int64,
    step: optional(int64),
    model_id: optional(text),
    dataset_name: optional(text),
    dataset_digest: optional(text),
  })
  .transform(
    ({ step, model_id: modelId, dataset_name: datasetName, dataset_digest: datasetDigest, ...point }) => ({
      ...point,
      step: step ?? 0,
      ...(modelId ? { modelId } : {}),
      ...(datasetName ? { datasetName } : {}),
      ...(datasetDigest ? { datasetDigest } : {}),
    }),
  );

const VIEWS = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const;

/** A value by name, or by its number in MLflow's protocol. */
export const named = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.union([
    z.enum(names),
    z
      .number()
      .int()
      .min(1)
      .max(names.length)
      .transform((number) => names[number - 1] as Names[number]),
  ]);

export const viewType = optional(named(VIEWS)).transform((view) => view ?? 'ACTIVE_ONLY');

export const runStatus = named(RUN_STATUS);

/** The run's id under either of its names. */
export const runIdFields = { run_id: optional(text), run_uuid: optional(text) };
export function runIdOf(request: { run_id?: string | undefined; run_uuid?: string | undefined }): string {
  const runId = request.run_id || request.run_uuid;
  if (!runId) throw missingParameter('run_id');
  return runId;
}

/** `max_results` within MLflow's bounds for that search. A default of 0 makes it a field that must be there. */
export const maxResults = (byDefault: number, limit: number) =>
  optional(int64).transform((value) => {
    const wanted = value ?? byDefault;
    if (wanted < 1) {
      throw invalid(
        `Invalid value ${wanted} for parameter 'max_results' supplied. It must be a positive integer`,
      );
    }
    if (wanted > limit) throw wrongType(wanted, 'max_results');
    return wanted;
  });

/**
 * Reads a request through its schema.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE naming the first field that is missing or of a wrong type.
 */
export function readRequest<T extends z.ZodType>(schema: T, fields: unknown): z.output<T> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = (issue?.path ?? []).reduce<string>(
    (before, part) =>
      typeof part === 'number'
        ? `${before}[${part}]`
        : before === ''
          ? String(part)
          : `${before}.${String(part)}`,
    '',
  );
  const value = valueAt(fields, issue?.path ?? []);
  if (value === undefined || value === null || value === '') throw missingParameter(path);
  throw wrongType(value, path);
}

const wrongType = (value: unknown, path: string): ApiError =>
  invalid(
    `Invalid value ${asJson(value)} for parameter '${path}' supplied:  Hint: Value was of type '${pythonType(value)}'. See the API docs for more information about request parameters.`,
  );

const valueAt = (fields: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    fields,
  );

function pythonType(value: unknown): string {
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return Array.isArray(value) ? 'list' : 'dict';
}
