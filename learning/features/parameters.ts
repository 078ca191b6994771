/** Values of parameters, as configurations and packages have them. */
import { z } from 'zod';

export type ParameterValue = number | string | boolean;

/** Values that a search tries, by parameter. */
export type ParameterValues = Readonly<Record<string, readonly ParameterValue[]>>;

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Schemas of parameters whose value may be a file, written `{ file: PATH }`; it becomes the value `file:PATH`. */
export const NAMES_FILE = z.registry();
