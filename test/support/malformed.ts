/** The malformed search spaces, and what a person must be told of each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const MALFORMED = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));

export interface Expectation {
  /** What the message must hold. */
  readonly message: string;
  /** In the YAML file; absent when the trouble has no line there. */
  readonly line?: number;
  /** The file is well-formed, and refused once its data are read. */
  readonly needsDataset?: true;
}

/** By file name. */
export const EXPECTED: Readonly<Record<string, Expectation>> = JSON.parse(
  readFileSync(`${MALFORMED}expected.json`, 'utf8'),
);
