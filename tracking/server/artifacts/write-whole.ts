/** One file, written and flushed. */
import { open } from 'node:fs/promises';
import { ApiError } from '../errors.js';

/**
 * Writes a stream to a file that must not be there yet, down to the disk; returns its size.
 *
 * @throws ApiError REQUEST_TOO_LARGE beyond `maxBytes`; the file is left to the caller.
 */
export async function writeWhole(
  path: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<number> {
  const file = await open(path, 'wx');
  try {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new ApiError('REQUEST_TOO_LARGE', `The artifact exceeds the limit of ${maxBytes} bytes`);
      }
      await file.writeFile(chunk);
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}
