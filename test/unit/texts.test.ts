import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { InputError, readTexts } from '../../orchestrator/app/index.js';

const stdin = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test('standard input has one text a line, blank ones too', async () => {
  expect(await readTexts('-', 'text', stdin('one\ntw', 'o\r\n\nthree'))).toEqual(['one', 'two', '', 'three']);
});

test.each([
  [['x\n'.repeat(100_001)], 'standard input has more than 100,000 texts; split it'],
  [Array.from({ length: 65 }, () => 'x'.repeat(2 ** 20)), 'standard input has more than 64 MiB; split it'],
])('it has an end', async (chunks, message) => {
  await expect(readTexts('-', 'text', stdin(...chunks))).rejects.toThrow(new InputError(message));
});
