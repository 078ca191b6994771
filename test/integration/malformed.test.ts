/** Every malformed file through the real command line: one line of explanation, exit code 2, nothing left behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { afterAll, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../support/cli.js';

const folder = fileURLToPath(new URL('../fixtures/malformed/', import.meta.url));
const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<
  string,
  { message: string; line?: number }
>;
const boxes: Sandbox[] = [];
afterAll(async () => {
  for (const box of boxes) await box.dispose();
});

test('submit and run refuse every malformed file before anything is queued or tracked', async () => {
  const files = Object.keys(expected);
  expect(files.length).toBeGreaterThanOrEqual(30);
  const box = sandbox();
  boxes.push(box);
  const limit = pLimit(2);
  const outcomes = await Promise.all(
    files.map((file, i) =>
      limit(async () => ({ file, ...(await box.run(i % 2 === 0 ? 'run' : 'submit', `${folder}${file}`)) })),
    ),
  );
  for (const { file, code, stdout, stderr } of outcomes) {
    const { message, line } = expected[file]!;
    expect.soft(code, `${file}: ${stderr}`).toBe(2);
    expect.soft(stdout, file).toBe('');
    expect.soft(stderr, file).toContain(message);
    expect.soft(stderr, file).toContain(file.replace(/\.yaml$/, ''));
    expect.soft(stderr, file).not.toMatch(/^\s+at /m);
    if (line !== undefined) expect.soft(stderr, file).toContain(`${file}:${line}:`);
  }
  // No Redis, no tracking database, no lock: the data directory is as it was.
  expect(readdirSync(box.home)).toEqual([]);
}, 180_000);

test.each([
  [['run'], 'missing required argument'],
  [['run', 'no-such-file.yaml'], 'no such file'],
  [['run', `${folder}`], 'is a folder'],
  [['run', 'x.yaml', '--workers', 'many'], '--workers is many'],
  [['worker', '--concurrency', '-1'], '--concurrency is -1; give a whole number from 1 to 1024'],
  [['serch'], "unknown command 'serch'"],
  [['up', '--port', '70000'], 'Give a whole number from 0 to 65535'],
])('%j is told what is wrong, exit code 2', async (args, message) => {
  const box = sandbox();
  boxes.push(box);
  const { code, stderr } = await box.run(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
