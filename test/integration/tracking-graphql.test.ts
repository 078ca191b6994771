/** What the embedded server's GraphQL endpoint takes and refuses; what it answers is compared in tracking-python.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrackingServer, type TrackingServer } from '../../tracking/server/index.js';

interface Answer {
  status: number;
  data: unknown;
  errors: string[] | null;
}

describe('GraphQL of the embedded server', () => {
  let folder: string;
  let server: TrackingServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tracking-graphql-'));
    server = await startTrackingServer({ dataDir: folder });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (query: unknown, more: object = {}): Promise<Answer> => {
    const answer = await fetch(`${server.uri}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, ...more }),
    });
    return { status: answer.status, ...((await answer.json()) as Omit<Answer, 'status'>) };
  };
  const times = (count: number, piece: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => piece(index)).join(' ');
  const experiment = 'mlflowGetExperiment(input: {experimentId: "0"})';

  it('answers the named operation with its variables, and takes the directive of MLflow pages', async () => {
    const query = `query One @component(name: "x") { test(inputString: "no") { output } }
      query Two($input: MlflowGetExperimentInput!) { mlflowGetExperiment(input: $input) { experiment { name } } }`;
    const answer = await ask(query, { operationName: 'Two', variables: { input: { experimentId: '0' } } });
    expect(answer).toEqual({
      status: 200,
      data: { mlflowGetExperiment: { experiment: { name: 'Default' } } },
      errors: null,
    });
  });

  it.each([
    ['root fields', `{ ${times(11, () => 'test(inputString: "a") { output }')} }`, 'at most 10 root fields'],
    [
      'aliases',
      `{ ${experiment} { experiment { ${times(11, (index) => `a${index}: name`)} } } }`,
      'at most 10 aliases',
    ],
    [
      'aliases spread over fragments',
      `{ ${experiment} { experiment { ${times(11, (index) => `... { a${index}: name }`)} } } }`,
      'at most 10 aliases',
    ],
    [
      'fields',
      `{ ${experiment} { experiment { ${times(1001, () => 'name')} } } }`,
      'maximum total selections of 1000',
    ],
    [
      'fields with fields of their own',
      `{ ${experiment} { experiment { ${times(1002, (index) => `f${index} { name }`)} } } }`,
      'maximum total selections of 1000',
    ],
    ['levels', `{ ${times(12, () => 'a {')} a ${'}'.repeat(13)}`, 'maximum depth of 10'],
    [
      'levels through a fragment in itself',
      'query { a { ...F } } fragment F on Query { a { ...F } }',
      'maximum depth of 10',
    ],
    [
      'fields that double with each fragment',
      `{ a { ...F0 } } ${times(9, (index) => `fragment F${index} on Query { a { ...F${index + 1} } b { ...F${index + 1} } c { ...F${index + 1} } }`)}
        fragment F9 on Query { a }`,
      'maximum',
    ],
    ['words', `{ ${times(7000, () => 'a')} }`, 'tokens'],
    ['brackets', `{ test(inputString: ${'['.repeat(3000)}) { output } }`, ''],
  ])('refuses a query with too many %s', async (_what, query, message) => {
    const { status, data, errors } = await ask(query);
    expect([status, data]).toEqual([200, null]);
    expect(errors?.[0]).toContain(message);
  });

  it('ends a fragment that stands in itself', async () => {
    const { status, errors } = await ask('{ ...F } fragment F on Query { ...F }');
    expect(status).toBe(200);
    expect(errors?.[0]).toMatch(/itself/);
  });

  it.each([undefined, null, '', 7, ['{ a }'], {}])('refuses %j for a query', async (query) => {
    expect((await ask(query)).status).toBe(400);
  });

  it('is closed to other sites, and reads JSON alone', async () => {
    const body = JSON.stringify({ query: '{ test(inputString: "a") { output } }' });
    const send = (headers: Record<string, string>) =>
      fetch(`${server.uri}/graphql`, { method: 'POST', headers, body });
    expect((await send({ 'content-type': 'text/plain' })).status).toBe(400);
    const foreign = { 'content-type': 'application/json', origin: 'http://evil.example' };
    expect((await send(foreign)).status).toBe(403);
  });
});
