/** Labelled texts from a local file, streamed. */
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { DatasetError, unreadable } from '../errors.js';
import { FORMAT_TITLES } from '../formats/index.js';
import type { DatasetSource, Row } from './source.js';
import { readRows, resolveTabular, TABULAR_FIELDS, TABULAR_SPEC, tabularComplaints } from './tabular.js';

/** A dataset is held in memory several times over (texts, tokens, tensors), in each worker process. */
const MAX_BYTES = 512 * 2 ** 20;

const fields = z.object({
  file: z.string().min(1).optional().describe(`Path of a ${FORMAT_TITLES} file, from this file’s folder.`),
  ...TABULAR_FIELDS,
});
const spec = z.object({ path: z.string(), ...TABULAR_SPEC });

export const file: DatasetSource<typeof fields, typeof spec> = {
  description: 'your own, named by `file`.',
  nature: 'a file of your own',
  mention: `file: with the path of a ${FORMAT_TITLES} file`,
  namedBy: 'file',
  fields,
  spec,

  complaints(written) {
    const { file } = written;
    const complaint = (field: string, what: string, remedy: string) => ({
      field,
      what,
      value: written[field],
      remedy,
    });
    if (file === undefined)
      return [complaint('source', 'needs the path of the file', 'add file: reviews.csv')];
    if (typeof file === 'string' && file.includes('://'))
      return [complaint('file', 'is an address, not a path', 'download the file and give its path')];
    return tabularComplaints(written, 'file');
  },

  resolve: ({ file = '', ...given }, folder) => ({
    path: resolve(folder, file),
    ...resolveTabular(given, file),
  }),

  trouble: ({ path }) => trouble(path),

  async open(spec) {
    const { path } = spec;
    const found = await trouble(path);
    if (found) throw new DatasetError(`${path}: ${found.what}; ${found.remedy}`);
    return {
      name: basename(path),
      sourceType: 'local',
      source: JSON.stringify({ uri: pathToFileURL(path).href }),
      rows: streamed(spec),
    };
  },
};

async function* streamed(spec: z.output<typeof file.spec>): AsyncGenerator<Row> {
  const bytes = createReadStream(spec.path, { highWaterMark: 2 ** 18 });
  try {
    yield* readRows(bytes, spec.path, spec);
  } finally {
    bytes.destroy();
  }
}

async function trouble(path: string): Promise<Complaint | undefined> {
  const complaint = (what: string, remedy: string) => ({ field: 'file', what, value: path, remedy });
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return complaint('is a folder', `name a ${FORMAT_TITLES} file in it`);
    if (!stats.isFile()) return complaint('is not a regular file', 'save the data in a file');
    if (stats.size === 0) return complaint('is an empty file', 'name a file with labelled rows');
    if (stats.size > MAX_BYTES) {
      const mebibytes = Math.ceil(stats.size / 2 ** 20);
      return complaint(
        `has ${mebibytes} MiB, over the limit of ${MAX_BYTES / 2 ** 20} MiB`,
        'use a part of it',
      );
    }
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return complaint(unreadable(error), 'correct the path: it counts from the folder of this YAML file');
  }
}
