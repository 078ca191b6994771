/** Bytes to text: UTF-8 only, and strictly. */
import { DatasetError } from '../errors.js';

/**
 * Decodes UTF-8, drops a byte order mark and makes line ends `\n`.
 *
 * @throws DatasetError at the first byte that is not UTF-8 and at NUL, which texts do not have and binaries do
 */
export async function* decodeUtf8(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let heldBack = '';
  for await (const chunk of bytes) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      throw garbage(line + newlinesBefore(new TextDecoder().decode(chunk), '\ufffd'));
    }
    if (text.includes('\0')) throw garbage(line + newlinesBefore(text, '\0'));
    line += newlinesBefore(text);
    text = (heldBack + text).replaceAll('\r\n', '\n');
    // The line feed that belongs to it may be the next chunk's first character.
    heldBack = text.endsWith('\r') ? '\r' : '';
    yield heldBack ? text.slice(0, -1) : text;
  }
  if (heldBack) yield heldBack;
  try {
    decoder.decode();
  } catch {
    throw garbage(line);
  }
}

const garbage = (line: number) =>
  new DatasetError(
    ` line ${line}: not UTF-8 text (binary, compressed or in another encoding); convert it to UTF-8`,
  );

function newlinesBefore(text: string, mark?: string): number {
  const end = mark === undefined ? text.length : text.indexOf(mark);
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
