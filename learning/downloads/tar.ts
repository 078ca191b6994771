/** One file of an npm archive, as a stream: an archive may unpack to more than memory should hold. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;
/** An ordinary file; old writers leave the byte empty. */
const FILE_TYPES = ['0', '\0'];

/**
 * The bytes of a file in a `.tgz`.
 *
 * @param name - Its path inside, such as `package/package.json`; at most 100 bytes, as the oldest tar format has it.
 * @throws Error that names the archive when it is damaged or has no such file.
 */
export async function* tgzEntry(file: string, name: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  // A stream that is piped tells nobody of its errors.
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let header = Buffer.alloc(0);
  /** Bytes of content left, then padding left to the next header. */
  let [content, padding] = [0, 0];
  let wanted = false;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let at = 0;
      while (at < chunk.length) {
        if (content > 0) {
          const part = chunk.subarray(at, at + content);
          at += part.length;
          content -= part.length;
          if (wanted) yield part;
        } else if (wanted) {
          return;
        } else if (padding > 0) {
          const skipped = Math.min(padding, chunk.length - at);
          at += skipped;
          padding -= skipped;
        } else {
          const part = chunk.subarray(at, at + BLOCK - header.length);
          at += part.length;
          header = Buffer.concat([header, part]);
          if (header.length < BLOCK) continue;
          const entry = readHeader(header);
          header = Buffer.alloc(0);
          if (entry === undefined) continue;
          content = entry.size;
          padding = (BLOCK - (entry.size % BLOCK)) % BLOCK;
          wanted = entry.isFile && entry.name === name;
        }
      }
    }
    if (wanted && content === 0) return;
    throw new Error(wanted ? `${name} in it ends early` : `it has no file ${name}`);
  } catch (error) {
    throw new Error(`${basename(file)}: ${error instanceof Error ? error.message : error}`);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** Undefined for the empty blocks at the end. */
function readHeader(block: Buffer): { name: string; size: number; isFile: boolean } | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (from: number, to: number) => block.toString('utf8', from, to).replace(/\0.*$/s, '');
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const [size, told] = [text(124, 136).trim(), text(148, 156).trim()];
  if (Number.parseInt(told, 8) !== sum || !/^[0-7]+$/.test(size))
    throw new Error('it is not a tar file, or damaged');
  return {
    name: text(0, 100),
    size: Number.parseInt(size, 8),
    isFile: FILE_TYPES.includes(String.fromCharCode(block[156]!)),
  };
}
