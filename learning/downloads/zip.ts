/** Entries of a zip file, which a wheel is: stored or deflated, below 4 GB. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  /** Once unpacked. */
  readonly bytes: number;
  /** @throws Error when the entry does not unpack to what the directory says. */
  contents(): Uint8Array;
}

const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const DIRECTORY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const METHODS = { stored: 0, deflated: 8 };
const ENCRYPTED = 1;
/** In place of a size or an offset, it says that the number stands elsewhere (zip64). */
const ELSEWHERE = 0xffffffff;

/**
 * @throws Error when the bytes are no such zip file.
 */
export function* zipEntries(bytes: Uint8Array): Generator<ZipEntry> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(zip);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + DIRECTORY.bytes > end || zip.readUInt32LE(at) !== DIRECTORY.signature) {
      throw new Error(`its directory is damaged at byte ${at}`);
    }
    const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)];
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + DIRECTORY.bytes, at + DIRECTORY.bytes + nameLength);
    yield { name, bytes: size, contents: () => unpack(zip, { name, flags, method, packed, size, local }) };
    at += DIRECTORY.bytes + nameLength + extra + comment;
  }
}

function findEnd(zip: Buffer): number {
  const first = Math.max(0, zip.length - END.bytes - END.longestComment);
  for (let at = zip.length - END.bytes; at >= first; at--) {
    if (zip.readUInt32LE(at) === END.signature && at + END.bytes + zip.readUInt16LE(at + 20) === zip.length) {
      return at;
    }
  }
  throw new Error('it does not end as a zip file does');
}

interface Place {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
}

function unpack(zip: Buffer, { name, flags, method, packed, size, local }: Place): Uint8Array {
  const refuse = (why: string): never => {
    throw new Error(`entry ${name} ${why}`);
  };
  if ([packed, size, local].includes(ELSEWHERE)) refuse('is of 4 GB or more');
  if (flags & ENCRYPTED) refuse('is encrypted');
  if (method !== METHODS.stored && method !== METHODS.deflated)
    refuse(`is packed by method ${method}, not known here`);
  if (local + LOCAL.bytes > zip.length || zip.readUInt32LE(local) !== LOCAL.signature)
    refuse('is not where the directory says');
  const from = local + LOCAL.bytes + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (from + packed > zip.length) refuse('goes on beyond the end of the file');
  const content = zip.subarray(from, from + packed);
  if (method === METHODS.stored) return content.length === size ? content : refuse('has another size');
  let unpacked: Buffer;
  try {
    // A few kilobytes can claim to hold gigabytes: never more than what was announced.
    unpacked = inflateRawSync(content, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    return refuse(`does not unpack: ${error instanceof Error ? error.message : error}`);
  }
  return unpacked.length === size ? unpacked : refuse('is not of the size that the directory says');
}

/**
 * Files of a wheel, in the order asked for.
 *
 * @param names - Paths inside the wheel.
 * @throws Error that names the wheel when it is damaged or lacks one of them.
 */
export async function wheelEntries(file: string, names: readonly string[]): Promise<Uint8Array[]> {
  const zip = await readFile(file);
  try {
    const entries = new Map(Array.from(zipEntries(zip), (entry) => [entry.name, entry]));
    return names.map((name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`it has no entry ${name}`);
      return entry.contents();
    });
  } catch (error) {
    throw new Error(`${basename(file)}: ${error instanceof Error ? error.message : error}`);
  }
}
