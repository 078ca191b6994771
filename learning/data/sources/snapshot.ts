/** Rows as they were read, in one JSONL file that travels with a search: for sources that are no single file. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DatasetError } from '../errors.js';
import { readRecords } from '../formats/index.js';
import { rowAt } from '../rows.js';
import { type Dataset, SPLITS } from '../types.js';
import type { OpenedSource, Row } from './source.js';

/** What a line of a snapshot may hold when it is read: see `MAX_RECORD` of the formats. */
const MAX_TEXT = 2 ** 20 - 1024;

const rowOf = z.object({
  text: z.string(),
  label: z.string(),
  split: z.enum(SPLITS).optional(),
  group: z.string().optional(),
  time: z.number().optional(),
});

/**
 * Writes the rows to the cache, under the name of their hash: a worker of this machine finds them there.
 *
 * @throws DatasetError when a text is too long for a line
 */
export async function writeSnapshot(
  dataset: Dataset,
  cacheFolder: string,
): Promise<{ path: string; sha256: string }> {
  const { name, texts } = dataset;
  const folder = join(cacheFolder, 'datasets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `rows.${randomUUID()}`);
  const hash = createHash('sha256');
  const file = await open(partial, 'w');
  try {
    for (let start = 0; start < texts.length; start += 1000) {
      const lines = texts.slice(start, start + 1000).map((_, offset) => {
        const row = start + offset;
        const line = JSON.stringify(rowAt(dataset, row));
        if (line.length > MAX_TEXT)
          throw new DatasetError(`${name}: row ${row + 1} has a text of over 1 MiB; shorten it`);
        return `${line}\n`;
      });
      const bytes = Buffer.from(lines.join(''));
      hash.update(bytes);
      await file.writeFile(bytes);
    }
    await file.close();
    const sha256 = hash.digest('hex');
    const path = join(folder, sha256);
    await rename(partial, path);
    return { path, sha256 };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** @param source - Whose rows they are. */
export function openSnapshot(source: string, path: string): OpenedSource {
  return {
    name: source,
    sourceType: 'local',
    source: JSON.stringify({ description: `rows of ${source}` }),
    rows: rowsIn(path),
    limited: true,
  };
}

async function* rowsIn(path: string): AsyncGenerator<Row> {
  const bytes = createReadStream(path, { highWaterMark: 2 ** 18 });
  try {
    for await (const { fields } of readRecords(bytes, 'jsonl')) {
      const { split, group, time, ...row } = rowOf.parse(fields);
      yield {
        ...row,
        ...(split && { split }),
        ...(group !== undefined && { group }),
        ...(time !== undefined && { time }),
      };
    }
  } finally {
    bytes.destroy();
  }
}
