/** Reads the files of a package: data from elsewhere, so their size and shape are checked and nothing in them is run. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { PackageFiles } from '../features/index.js';

/** Files of a package, and whether it has them. */
export interface PackageFolder extends PackageFiles {
  has(names: readonly string[]): Promise<boolean>;
  /** As `json`, for `MLmodel`. */
  yaml: PackageFiles['json'];
}

/** Larger files are not this project's; reading them would take the memory of the process. */
export function packageFolder(dir: string): PackageFolder {
  const bytes = async (name: string, maxBytes: number): Promise<Buffer> => {
    const path = join(dir, name);
    const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new Error(
        `${path}: ${error.code === 'ENOENT' ? 'no such file; is this a model package?' : error.message}`,
      );
    });
    if (size > maxBytes) throw new Error(`${path}: ${size} bytes are over the limit of ${maxBytes}`);
    return readFile(path);
  };
  const checked =
    (format: string, parse: (text: string) => unknown): PackageFiles['json'] =>
    async (name, schema, maxBytes) => {
      const text = (await bytes(name, maxBytes)).toString();
      let value: unknown;
      try {
        value = parse(text);
      } catch {
        throw new Error(`${join(dir, name)}: not ${format}`);
      }
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      throw new Error(`${join(dir, name)}: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`);
    };
  return {
    dir,
    bytes,
    json: checked('JSON', (text) => JSON.parse(text)),
    // Python's YAML is 1.1.
    yaml: checked('YAML', (text) => parseYaml(text, { version: '1.1' })),
    has: async (names) => {
      const found = await Promise.all(names.map((name) => stat(join(dir, name)).catch(() => undefined)));
      return found.every((stats) => stats?.isFile());
    },
  };
}
