/** Downloads from a server of this machine that serves, truncates, corrupts, stalls and redirects. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download } from '../../../learning/data/download/index.js';
import { DatasetError } from '../../../learning/data/index.js';
import { hubSource } from '../../../learning/data/sources/hub.js';
import { tweetEvalOf } from '../../../learning/data/sources/tweet-eval.js';

const CALM = { answerMs: 20_000, stallMs: 20_000, pauseMs: 1 };
const HASTY = { answerMs: 1000, stallMs: 1000, pauseMs: 1 };
const BODY = Buffer.from('labelled texts '.repeat(5000));
const SHA256 = createHash('sha256').update(BODY).digest('hex');

let cacheFolder: string;
let server: Server;
let answer: RequestListener;
let asked: string[];
let base: string;
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'download-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  delete process.env.GRIDSEARCH_DATASETS_URL;
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(cacheFolder, { recursive: true });
});

const get = (more: object = {}, patience = CALM) =>
  download(
    { source: 'made', path: 'data/rows.bin', url: `${base}/rows.bin`, maxBytes: 2 ** 20, ...more },
    { cacheFolder },
    patience,
  );
const failure = async (more: object = {}, patience = CALM): Promise<string> => {
  const error: unknown = await get(more, patience).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  // Nothing half done is left, and no lock.
  expect(
    (await readdir(join(cacheFolder, 'sources/made/data'))).filter(
      (name) => name !== 'rows.bin' && name !== 'rows.bin.json',
    ),
  ).toEqual([]);
  return (error as Error).message;
};
const serve: RequestListener = (_, response) => response.end(BODY);

test('a file is fetched once, whoever asks, and its digest is kept beside it', async () => {
  answer = serve;
  const paths = await Promise.all([get(), get(), get()]);
  expect(new Set(paths).size).toBe(1);
  expect(asked).toHaveLength(1);
  expect((await readFile(paths[0]!)).equals(BODY)).toBe(true);
  const record: unknown = JSON.parse(await readFile(`${paths[0]}.json`, 'utf8'));
  expect(record).toEqual({ url: `${base}/rows.bin`, size: BODY.length, sha256: SHA256 });
});

test('a cached file that was changed is fetched again, and must be what it was', async () => {
  answer = serve;
  const path = await get();
  await writeFile(path, 'damaged');
  await get();
  expect((await readFile(path)).equals(BODY)).toBe(true);
  await writeFile(path, 'damaged');
  answer = (_, response) => response.end('another edition');
  expect(await failure()).toMatch(
    /SHA-256 [0-9a-f]{64}, and [0-9a-f]{64} when it was first read; to take it as it is now, remove .*rows\.bin\.json/,
  );
});

test('a file that is not the one known beforehand is refused', async () => {
  answer = serve;
  expect(await failure({ sha256: '0'.repeat(64) })).toContain(
    `has SHA-256 ${SHA256}, and ${'0'.repeat(64)} is right`,
  );
  await get({ sha256: SHA256 });
});

test('truncated, stalled, silent and failing servers are tried three times', {
  timeout: 60_000,
}, async () => {
  const truncated: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': BODY.length });
    response.write(BODY.subarray(0, 1000), () => response.destroy());
  };
  const stalled: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': BODY.length });
    response.write(BODY.subarray(0, 1000));
  };
  for (const [way, message] of [
    [truncated, /can't download http:.*(3 tries)/],
    [stalled, /no data for 1 s \(3 tries\)/],
    [() => undefined, /no answer for 1 s \(3 tries\)/],
    [
      (_, response) => response.writeHead(503).end(),
      /HTTP 503 \(3 tries\); without a way there, set GRIDSEARCH_DATASETS_URL to a mirror, or name a copy on disk with file: or folder:/,
    ],
  ] as [RequestListener, RegExp][]) {
    asked = [];
    answer = way;
    expect(await failure({}, HASTY)).toMatch(message);
    expect(asked).toHaveLength(3);
  }
  answer = (request, response) =>
    asked.length < 6 ? truncated(request, response) : serve(request, response);
  await get();
});

test('what is not there, too large, or sent for in circles is told at once', async () => {
  answer = (_, response) => response.writeHead(404).end();
  expect(await failure()).toContain('HTTP 404; without');
  answer = serve;
  expect(await failure({ maxBytes: 2 ** 16 })).toContain('it has more than the 0.0625 MiB that are taken');
  answer = (_, response) => {
    response.write(BODY);
    response.end(BODY);
  };
  expect(await failure({ maxBytes: 2 ** 17 })).toContain('it has more than the 0.125 MiB that are taken');
  answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
  expect(await failure()).toContain('more than 5 redirects');
});

test('the digest that the hub promises before it sends elsewhere is held', async () => {
  const sendingOn =
    (etag: string, body: string | Buffer): RequestListener =>
    (request, response) =>
      request.url === '/elsewhere'
        ? response.writeHead(200, { etag: `"${'a'.repeat(64)}"` }).end(body)
        : response.writeHead(302, { location: '/elsewhere', 'x-linked-etag': `"${etag}"` }).end();
  answer = sendingOn(SHA256, `corrupted`);
  expect(await failure({ hub: true })).toContain(`${SHA256} was promised (3 tries)`);
  answer = sendingOn(SHA256, BODY);
  await get({ hub: true });
});

test('nobody there: the address and the ways out', async () => {
  process.env.GRIDSEARCH_DATASETS_URL = 'http://127.0.0.1:1/mirror/';
  expect(await failure()).toMatch(
    /^made: can't download http:\/\/127\.0\.0\.1:1\/mirror\/made\/data\/rows\.bin: .*; without a way there/,
  );
  process.env.GRIDSEARCH_DATASETS_URL = 'mirror';
  expect(await failure()).toContain('GRIDSEARCH_DATASETS_URL is "mirror", no address');
});

test('a dataset of the hub: rows with their splits, and as many as are known', async () => {
  const fixtures = join(import.meta.dirname, '../../fixtures/datasets/hub');
  process.env.GRIDSEARCH_DATASETS_URL = base;
  answer = (request, response) =>
    void readFile(join(fixtures, request.url!.replace('/films', ''))).then((bytes) => response.end(bytes));
  const source = (rows: number) =>
    hubSource({
      name: 'films',
      description: '',
      repository: 'made/films',
      columns: { text: 'sentence', label: 'label' },
      files: [
        { split: 'train', path: 'data/train-00000-of-00001.parquet', rows: 40 },
        { split: 'validation', path: 'data/validation-00000-of-00001.parquet', rows },
      ],
    });
  const read = async (count: number): Promise<unknown[]> => {
    const read: unknown[] = [];
    for await (const row of (await source(count).open({}, { cacheFolder })).rows) read.push(row);
    return read;
  };
  const rows = await read(12);
  expect(rows).toHaveLength(52);
  expect(rows[41]).toEqual({
    text: 'validation film 1 was lovely – 😀',
    label: 'positive',
    split: 'validation',
  });
  await expect(read(13)).rejects.toThrow(
    'films: data/validation-00000-of-00001.parquet has 12 rows, and 13 are known',
  );
});

test('TweetEval: texts, labels and their names from its files', async () => {
  process.env.GRIDSEARCH_DATASETS_URL = base;
  const rows = { train: 2862, val: 955, test: 784 };
  let label = (row: number) => String(row % 2);
  answer = ({ url }, response) => {
    const [, split, what] = /irony\/([a-z]+)_?([a-z]*)\.txt$/.exec(url!)!;
    if (split === 'mapping') return response.end('0\tnon_irony\n1\tirony');
    const line = (row: number) => (what === 'text' ? `${split} ${row}\u2028 @user http ` : label(row));
    const count = rows[split as keyof typeof rows];
    return response.end(Array.from({ length: count }, (_, row) => `${line(row)}\n`).join(''));
  };
  const open = async (folder = cacheFolder) =>
    tweetEvalOf({}).open({ task: 'irony' }, { cacheFolder: folder });
  const { name, rows: read } = await open();
  const all = [...(read as Iterable<unknown>)];
  expect(name).toBe('tweet_eval-irony');
  expect(all).toHaveLength(2862 + 955 + 784);
  expect(all[2863]).toEqual({ text: 'val 1\u2028 @user http ', label: 'irony', split: 'validation' });
  rows.test = 783;
  await expect(open(join(cacheFolder, 'short'))).rejects.toThrow(
    'tweet_eval/irony: test has 783 texts and 783 labels, and TweetEval has 784',
  );
  rows.test = 784;
  label = () => '7';
  await expect(open(join(cacheFolder, 'odd'))).rejects.toThrow(
    'train row 1 has label "7", which mapping.txt does not name',
  );
});
