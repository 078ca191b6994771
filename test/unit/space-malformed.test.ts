import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DatasetError } from '../../learning/data/index.js';
import { prepare } from '../../orchestrator/app/prepare.js';
import { readSearchSpace, SearchSpaceError } from '../../orchestrator/space/index.js';

/** What each malformed file is to be told; `line` is in the YAML file. */
interface Expectation {
  message: string;
  line?: number;
  needsDataset?: true;
}

const folder = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));
const expected: Record<string, Expectation> = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8'));

async function issuesOf(file: string) {
  const error: unknown = await readSearchSpace(`${folder}${file}`).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SearchSpaceError))
    throw new Error(`${file} was accepted, or failed with ${String(error)}`);
  return error;
}

describe('malformed search spaces', () => {
  it.each(Object.entries(expected).filter(([, { needsDataset }]) => !needsDataset))(
    '%s is refused with one line that names the place',
    async (file, { message, line }) => {
      const error = await issuesOf(file);
      expect(error.issues).toHaveLength(1);
      expect(error.message).toContain(message);
      expect(error.message).not.toMatch(/[\n\p{Cc}]/u);
      if (line !== undefined) {
        expect(error.issues[0]?.line).toBe(line);
        expect(error.message).toMatch(new RegExp(`${file}:${line}:\\d+: `));
      }
    },
  );

  it.each(Object.entries(expected).filter(([, { needsDataset }]) => needsDataset))(
    '%s is well-formed, and refused once its data are read',
    async (file, { message, line }) => {
      await readSearchSpace(`${folder}${file}`);
      const told = await prepare(`${folder}${file}`).then(
        () => 'accepted',
        (error: unknown) => {
          if (error instanceof SearchSpaceError || error instanceof DatasetError) return error.message;
          throw error;
        },
      );
      expect(told).toContain(message);
      expect(told).not.toMatch(/\p{Cc}/u);
      if (line !== undefined) expect(told).toMatch(new RegExp(`${file}:${line}:\\d+: `));
    },
  );

  it('expects something of every file in the folder', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
    expect(Object.keys(expected).sort()).toEqual(files.sort());
  });
});
