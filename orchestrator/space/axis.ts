/** One searchable parameter: a fixed value, a list of choices, or a grid over a range. */
import { z } from 'zod';
import { NAMES_FILE } from '../../learning/features/index.js';
import type { ParameterValue } from '../../learning/models/index.js';
import type { ContinuousRange } from './types.js';

/** Values of one axis, written out or by `steps`: an axis is held in memory, only their product is lazy. */
export const MAX_AXIS_VALUES = 10_000;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly steps: number;
  readonly scale: 'linear' | 'log';
}

/** What is written of a range; without `steps` it is drawn from. */
type WrittenRange = Omit<Range, 'scale' | 'steps'> & Partial<Range>;

/** What stands in the file for a parameter. */
export type AxisInput = ParameterValue | readonly ParameterValue[] | WrittenRange | NamedFile;

/** A file in place of a value; in a list it is written `file:PATH`. */
interface NamedFile {
  readonly file: string;
}

/** A parameter's bare type, without its default. */
export function scalarOf(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? scalarOf(schema.unwrap() as z.ZodType)
    : schema;
}

/** The value a parameter takes when the file is silent; one that is optional has none. */
export function defaultOf(schema: z.ZodType): ParameterValue | undefined {
  return schema.parse(undefined) as ParameterValue | undefined;
}

function jsonType(scalar: z.ZodType): unknown {
  return z.toJSONSchema(scalar, { io: 'input' }).type;
}

/** The schema of an axis over a parameter. Options stand in the order scalar, list, range: error messages rely on it. */
export function axisSchema(parameter: z.ZodType): z.ZodType<AxisInput | undefined> {
  const scalar = scalarOf(parameter);
  const type = jsonType(scalar);
  const list = z
    .array(scalar)
    .min(1)
    .max(MAX_AXIS_VALUES)
    .superRefine(refuseDuplicates)
    .meta({ description: 'Choices: every one is tried.', uniqueItems: true });
  const options: z.ZodType[] = [scalar, list];
  if (type === 'integer' || type === 'number') options.push(rangeSchema(scalar, type === 'integer'));
  const file = NAMES_FILE.has(scalar);
  if (file) options.push(FILE);
  return z
    .union(options)
    .optional()
    .meta({
      description:
        `${parameter.description ?? scalar.description ?? ''} Fixed value, list of choices${file ? ', or { file: PATH }' : options.length > 2 ? ', or range' : ''}.`.trim(),
      default: defaultOf(parameter),
    }) as z.ZodType<AxisInput | undefined>;
}

const FILE = z
  .strictObject({ file: z.string().min(1).describe('Path, relative to this file.') })
  .meta({ description: 'A file.' });

function refuseDuplicates(values: unknown[], context: z.RefinementCtx): void {
  const seen = new Map<unknown, number>();
  values.forEach((value, index) => {
    const first = seen.get(value);
    if (first === undefined) seen.set(value, index);
    else
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `repeats entry ${first + 1} of the list`,
        params: { remedy: 'remove one: the same configuration would be trained twice' },
      });
  });
}

function rangeSchema(scalar: z.ZodType, integer: boolean): z.ZodType {
  return z
    .strictObject({
      min: scalar.meta({ description: 'First value.' }) as z.ZodType<number>,
      max: scalar.meta({ description: 'Last value.' }) as z.ZodType<number>,
      steps: z
        .number()
        .int()
        .min(2)
        .max(MAX_AXIS_VALUES)
        .optional()
        .describe(
          'How many values, both ends included; without it strategies other than grid draw any value between.',
        ),
      scale: z
        .enum(['linear', 'log'])
        .default('linear')
        .describe('linear: equal differences; log: equal ratios, for values such as learning rates.'),
    })
    .superRefine((range, context) => {
      const refuse = (field: keyof Range, message: string, remedy: string) =>
        context.addIssue({ code: 'custom', path: [field], message, params: { remedy } });
      // Told by the field's own bounds; walking through a billion steps to add to that would take for ever.
      if (range.steps !== undefined && range.steps > MAX_AXIS_VALUES) return;
      if (range.min >= range.max)
        return refuse('max', `is not above min, ${range.min}`, 'give a larger max, or a single value');
      if (range.scale === 'log' && range.min <= 0)
        return refuse(
          'min',
          'a log scale has no zero and no negative values',
          'give a min above 0, or scale: linear',
        );
      const { steps } = range;
      if (steps === undefined) return;
      const grid = { ...range, steps };
      if (hasRepeats(grid, integer))
        refuse(
          'steps',
          `repeats values after rounding to ${integer ? 'integers' : '12 digits'}`,
          `at most ${largestSteps(grid, integer)} steps fit between ${range.min} and ${range.max} here`,
        );
    })
    .meta({ description: 'A range: a grid over it with steps, any value between without.' });
}

/** The grid's values: exact at both ends, 12 significant digits in between so that they print as one would type them. */
export function rangeValues(range: Range, integer: boolean): number[] {
  return Array.from({ length: range.steps }, (_, step) => rangeValue(range, integer, step));
}

function rangeValue({ min, max, steps, scale }: Range, integer: boolean, step: number): number {
  if (step === 0) return min;
  if (step === steps - 1) return max;
  const at = step / (steps - 1);
  const value = scale === 'log' ? min * (max / min) ** at : min * (1 - at) + max * at;
  return integer ? Math.round(value) : Number(value.toPrecision(12));
}

/** Whether neighbours of an ascending grid coincide. */
function hasRepeats(range: Range, integer: boolean): boolean {
  for (let step = 1; step < range.steps; step += 1)
    if (rangeValue(range, integer, step) <= rangeValue(range, integer, step - 1)) return true;
  return false;
}

/** A number of steps that fits where one more does not, found by bisection. */
function largestSteps(range: Range, integer: boolean): number {
  // Two steps, the ends, always differ.
  let fits = 2;
  let tooMany = range.steps;
  while (tooMany - fits > 1) {
    const steps = Math.floor((fits + tooMany) / 2);
    if (hasRepeats({ ...range, steps }, integer)) tooMany = steps;
    else fits = steps;
  }
  return fits;
}

/** An axis from its validated form: every value in order, or the range to draw from with its ends as values. */
export function axisOf(
  input: AxisInput,
  parameter: z.ZodType,
): { values: ParameterValue[]; range?: ContinuousRange } {
  if (typeof input !== 'object') return { values: [input] };
  if (isList(input)) return { values: [...input] };
  if ('file' in input) return { values: [`file:${input.file}`] };
  const { min, max, steps, scale = 'linear' } = input;
  const integer = jsonType(scalarOf(parameter)) === 'integer';
  return steps === undefined
    ? { values: [min, max], range: { min, max, scale, integer } }
    : { values: rangeValues({ min, max, steps, scale }, integer) };
}

// Array.isArray does not narrow a readonly array.
function isList(input: object): input is readonly ParameterValue[] {
  return Array.isArray(input);
}
