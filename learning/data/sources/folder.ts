/**
 * Labelled texts in a Hugging Face dataset folder: what `save_to_disk` writes, a clone of a repository of the hub, or files
 * named by their split.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { DatasetError, unreadable } from '../errors.js';
import { FORMAT_TITLES, type FormatName, formatOf } from '../formats/index.js';
import type { Split } from '../types.js';
import { SPLITS } from '../types.js';
import { columnComplaints, columns } from './columns.js';
import type { DatasetSource, Row } from './source.js';
import { readRows, TABULAR_FIELDS } from './tabular.js';

/** Of all files together, as for a single file. */
const MAX_BYTES = 512 * 2 ** 20;

const fields = z.object({
  folder: z
    .string()
    .min(1)
    .optional()
    .describe('Path of a Hugging Face dataset folder, from this file’s folder.'),
  columns: TABULAR_FIELDS.columns,
});
const spec = z.object({ path: z.string(), columns });

export const folder: DatasetSource<typeof fields, typeof spec> = {
  description: 'a Hugging Face dataset on disk, named by `folder`.',
  nature: 'a folder of your own',
  mention: 'folder: with the path of a Hugging Face dataset',
  namedBy: 'folder',
  rowsTravel: true,
  fields,
  spec,

  complaints: (written) =>
    written.folder === undefined
      ? [
          {
            field: 'source',
            what: 'needs the path of the folder',
            value: 'folder',
            remedy: 'add folder: my-dataset',
          },
        ]
      : columnComplaints(written),

  resolve: ({ folder = '', columns: given }, from) => ({
    path: resolve(from, folder),
    columns: columns.parse(given ?? {}),
  }),

  trouble: async ({ path }) => {
    const found = await look(path);
    return 'files' in found ? undefined : found;
  },

  async open({ path, columns }) {
    const found = await look(path);
    if (!('files' in found)) throw new DatasetError(`${path}: ${found.what}; ${found.remedy}`);
    return {
      name: basename(path),
      sourceType: 'local',
      source: JSON.stringify({ uri: pathToFileURL(path).href }),
      rows: rowsOf(found.files, columns),
    };
  },
};

interface SplitFile {
  readonly split: Split;
  readonly path: string;
  readonly format: FormatName;
}

async function* rowsOf(
  files: readonly SplitFile[],
  columns: z.output<typeof spec>['columns'],
): AsyncGenerator<Row> {
  for (const { split, path, format } of files) {
    const bytes = createReadStream(path, { highWaterMark: 2 ** 18 });
    try {
      const skipUnlabelled = split === 'test';
      for await (const row of readRows(bytes, path, { format, columns, skipUnlabelled }))
        yield { ...row, split };
    } finally {
      bytes.destroy();
    }
  }
}

/** The folder's files in the order of their splits, or why there are none. */
async function look(path: string): Promise<{ readonly files: SplitFile[] } | Complaint> {
  const complaint = (what: string, remedy: string): Complaint => ({
    field: 'folder',
    what,
    value: path,
    remedy,
  });
  try {
    if (!(await stat(path)).isDirectory()) return complaint('is not a folder', 'name it with file:');
    const files = await filesIn(path);
    if (files.length === 0)
      return complaint(
        'holds no dataset_dict.json and no train, validation or test file',
        `give a folder that save_to_disk wrote, or with ${FORMAT_TITLES} files such as train.csv or data/train-00000-of-00001.parquet`,
      );
    const sizes = await Promise.all(files.map(async (file) => (await stat(file.path)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > MAX_BYTES)
      return complaint(
        `has ${Math.ceil(total / 2 ** 20)} MiB of rows, over the limit of ${MAX_BYTES / 2 ** 20} MiB`,
        'use a part of it',
      );
    return { files };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      return complaint(
        'has a dataset_dict.json or state.json of another form',
        'write it anew with save_to_disk',
      );
    const missing = (error as NodeJS.ErrnoException).path ?? path;
    return complaint(
      missing === path ? unreadable(error) : `lacks ${missing.slice(path.length + 1)}: ${unreadable(error)}`,
      'correct the path: it counts from the folder of this YAML file',
    );
  }
}

// Names in these files must stay in the folder.
const plainName = z
  .string()
  .regex(/^[^/\\]+$/)
  .refine((name) => name !== '..');
const dictionary = z.object({ splits: z.array(plainName) });
const state = z.object({ _data_files: z.array(z.object({ filename: plainName })) });

async function filesIn(path: string): Promise<SplitFile[]> {
  const names = await readdir(path);
  if (names.includes('dataset_dict.json')) {
    const { splits } = dictionary.parse(await json(join(path, 'dataset_dict.json')));
    const known = splits.flatMap((name) => ({ name, split: splitNamed(name) }));
    const found = await Promise.all(
      known.map(({ name, split }) => (split === undefined ? [] : saved(join(path, name), split))),
    );
    return inOrder(found.flat());
  }
  if (names.includes('state.json')) return saved(path, 'train');
  const direct = named(path, names);
  if (direct.length > 0 || !names.includes('data')) return direct;
  const inside = join(path, 'data');
  return named(inside, await readdir(inside));
}

async function saved(path: string, split: Split): Promise<SplitFile[]> {
  const { _data_files } = state.parse(await json(join(path, 'state.json')));
  return _data_files.map(({ filename }) => ({ split, path: join(path, filename), format: 'arrow' }));
}

/** `train.csv`, `validation-00000-of-00002.parquet` */
function named(folder: string, names: readonly string[]): SplitFile[] {
  const files = names.toSorted().flatMap((name) => {
    const [, split] = /^([a-z]+)(?:-\d{5}-of-\d{5})?\.[a-z]+$/.exec(name) ?? [];
    const known = split === undefined ? undefined : splitNamed(split);
    const format = formatOf(name);
    return known && format ? [{ split: known, path: join(folder, name), format }] : [];
  });
  return inOrder(files);
}

const inOrder = (files: readonly SplitFile[]): SplitFile[] =>
  SPLITS.flatMap((split) => files.filter((file) => file.split === split));

const splitNamed = (name: string): Split | undefined =>
  ['valid', 'val', 'dev'].includes(name) ? 'validation' : SPLITS.find((split) => split === name);

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
