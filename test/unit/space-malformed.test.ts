/** Every malformed file through the function that `run` and `submit` call before they open anything. */
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, vi } from 'vitest';
import { prepare } from '../../orchestrator/app/prepare.js';
import { report } from '../../orchestrator/cli/errors.js';
import { EXIT } from '../../orchestrator/cli/exit.js';
import { readSearchSpace, SearchSpaceError } from '../../orchestrator/space/index.js';
import { EXPECTED, MALFORMED } from '../support/malformed.js';
import { test } from '../support/test.js';

const all = Object.entries(EXPECTED);

afterEach(() => vi.unstubAllEnvs());

/** What reading the file ends with. */
const refusalOf = (file: string): Promise<unknown> =>
  prepare(`${MALFORMED}${file}`).then(
    () => undefined,
    (reason: unknown) => reason,
  );

/** What a command prints for an error, and its exit code. */
function told(error: unknown): { code: number; stderr: string } {
  let stderr = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    return { code: report(error), stderr };
  } finally {
    write.mockRestore();
  }
}

describe('malformed search spaces', () => {
  test.for(all)(
    '%s is refused with one line that names the place, and opens nothing',
    async ([file, { message, line }], { folder }) => {
      vi.stubEnv('GRIDSEARCH_HOME', folder);
      const before = readdirSync(MALFORMED);
      const error = await refusalOf(file);
      if (error instanceof SearchSpaceError) expect(error.issues).toHaveLength(1);
      const { code, stderr } = told(error);
      expect(code).toBe(EXIT.badInput);
      expect(stderr).toContain(message);
      expect(stderr).toMatch(/^\P{Cc}+\n$/u);
      expect(stderr).toContain(file.replace(/\.yaml$/, ''));
      if (line !== undefined) {
        expect(stderr).toMatch(new RegExp(`${file}:${line}:\\d+: `));
        if (error instanceof SearchSpaceError) expect(error.issues[0]?.line).toBe(line);
      }
      expect(readdirSync(folder)).toEqual([]);
      expect(readdirSync(MALFORMED)).toEqual(before);
    },
  );

  test.for(all.filter(([, { needsDataset }]) => needsDataset))(
    '%s is well-formed: only its data are not',
    async ([file]) => {
      expect(await readSearchSpace(`${MALFORMED}${file}`)).toHaveProperty('dataset.path');
    },
  );

  test('something is expected of every file in the folder', () => {
    const files = readdirSync(MALFORMED).filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(80);
    expect(Object.keys(EXPECTED).sort()).toEqual(files.sort());
  });
});
