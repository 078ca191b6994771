/** Packages' archives, written by hand, and a registry on loopback that serves them as PyPI and npm do. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A zip file; entries whose name ends in `.bin` are stored, the others deflated. */
export function zipOf(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const stored = name.endsWith('.bin');
    const packed = stored ? bytes : deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(stored ? 0 : 8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const head = Buffer.alloc(20);
    head.write('PK\x01\x02', 0, 'latin1');
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([head.subarray(0, 6), common, tail, Buffer.from(name)]));
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** A wheel that pip takes for one. */
export function wheelOf(name: string, version: string, files: Files): Buffer {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`;
  return zipOf({
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  });
}

/** An npm archive. */
export function tgzOf(files: Files): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        0ustar\0' + '00', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(1024)]));
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const integrityOf = (bytes: Uint8Array): string =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

export interface Registry {
  readonly origin: string;
  /** Archives handed out so far. */
  downloads(): number;
  close(): Promise<void>;
}

/**
 * Serves one package of each registry.
 *
 * @param sent - What goes over the wire in place of the archive; undefined breaks the connection off in the middle.
 */
export async function serveRegistry(
  { name, version, wheel, tgz }: { name: string; version: string; wheel: Buffer; tgz: Buffer },
  sent: (archive: Buffer) => Buffer | undefined = (archive) => archive,
): Promise<Registry> {
  let downloads = 0;
  const wheelName = `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`;
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (path === `/simple/${name}/`) {
      // No digest beside it: it is the pinned one that must be looked at.
      response
        .setHeader('content-type', 'text/html')
        .end(`<!DOCTYPE html><a href="/files/${wheelName}">${wheelName}</a>`);
    } else if (path === `/${name}`) {
      const dist = {
        tarball: `${origin}/files/${name}-${version}.tgz`,
        integrity: integrityOf(sent(tgz) ?? tgz),
      };
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version },
          versions: { [version]: { name, version, dist } },
        }),
      );
    } else if (path.startsWith('/files/')) {
      downloads++;
      const archive = path.endsWith('.whl') ? wheel : tgz;
      const body = sent(archive);
      response.setHeader('content-length', (body ?? archive).length);
      if (body) response.end(body);
      else response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    downloads: () => downloads,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
