/** The gate in front of every HTTP server, called directly, without a port. */
import { networkInterfaces } from 'node:os';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { type GateOptions, gate, Refusal } from '../../../http/index.js';

/** Answers `in`, or why not. */
function guarded(options: GateOptions = {}) {
  const app = new Hono();
  app.onError((error, context) =>
    error instanceof Refusal ? context.text(error.reason, 403) : context.text(String(error), 500),
  );
  app.use(gate(options));
  app.all('*', (context) => context.text('in'));
  return async (headers: Record<string, string>, path = '/') =>
    (await app.request(path, { headers: { host: 'localhost', ...headers } })).text();
}

const ownAddresses = Object.values(networkInterfaces()).flatMap((some) => some ?? []);

describe('the Host of a request', () => {
  const ask = guarded({
    allowedHosts: ['Tracking.example', 'with-port.example:8443', 'fd00::7', '[fd00::8]'],
  });

  test.each([
    'localhost',
    'LocalHost:5000',
    '127.0.0.1',
    '127.0.0.1:5000',
    '127.8.9.10',
    '[::1]:80',
    '[0:0:0:0:0:0:0:1]',
    'tracking.example',
    'TRACKING.example:5000',
    'with-port.example:8443',
    '[fd00::7]:5000',
    '[FD00:0::8]',
  ])('%s is ours', async (host) => {
    expect(await ask({ host })).toBe('in');
  });

  test.each([
    '',
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example@localhost',
    'localhost/evil.example',
    'localhost:80:80',
    'with-port.example',
    'with-port.example:80',
    '8.8.8.8',
    '8.8.8.8:5000',
    '192.0.2.7',
    '[2001:db8::7]:5000',
    '[fe80::1%eth0]',
    '[localhost]',
    '[::1',
  ])('%j is not', async (host) => {
    expect(await ask({ host })).toBe('host');
  });

  test.each(
    ownAddresses.map(({ address, family }) =>
      family === 'IPv6' ? `[${address.replace(/%.*/, '')}]` : address,
    ),
  )('%s, an address of this machine, is ours', async (host) => {
    expect(await ask({ host: `${host}:5000` })).toBe('in');
  });
});

describe('a page that makes a request', () => {
  const ask = guarded({ allowedHosts: ['tracking.example'] });

  test.each(['http://localhost:3000', 'https://127.0.0.1', 'HTTP://LOCALHOST', 'https://tracking.example'])(
    'of %s is ours',
    async (origin) => {
      expect(await ask({ origin })).toBe('in');
    },
  );

  test.each([
    'http://evil.example',
    'null',
    '',
    'file://',
    'https://127.0.0.1.evil.example',
    'http://localhost/path',
    'chrome-extension://localhost',
  ])('of %j is not', async (origin) => {
    expect(await ask({ origin })).toBe('origin');
  });

  test.each(['same-origin', 'none', 'Same-Origin', ' none '])(
    'is ours by Sec-Fetch-Site %j',
    async (site) => {
      expect(await ask({ 'sec-fetch-site': site })).toBe('in');
    },
  );

  test.each([
    'cross-site',
    'Cross-Site',
    'CROSS-SITE',
    ' cross-site ',
    'same-site',
    'Same-Site',
    'anything',
    '',
  ])('is not by Sec-Fetch-Site %j', async (site) => {
    expect(await ask({ 'sec-fetch-site': site })).toBe('origin');
    expect(await ask({ 'sec-fetch-site': site, origin: 'http://localhost' })).toBe('origin');
  });
});

describe('credentials', () => {
  const ask = guarded({
    credentials: { token: 'tok', username: 'ada', password: 'pä:ss' },
    openPaths: ['/health'],
  });
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

  test('let in by token or by password, and nobody without', async () => {
    for (const authorization of ['Bearer tok', basic('ada:pä:ss')]) {
      expect(await ask({ authorization }), authorization).toBe('in');
    }
    for (const authorization of [
      '',
      'Bearer',
      'Bearer to',
      'Bearer tokk',
      'tok',
      basic('ada:x'),
      basic('x:pä:ss'),
    ]) {
      expect(await ask({ authorization }), authorization).toBe('credentials');
    }
    expect(await ask({})).toBe('credentials');
  });

  test.each([
    [{ token: '' }, 'token'],
    [{ username: 'ada' }, 'password'],
    [{ username: 'ada', password: '' }, 'password'],
    [{ password: 'secret' }, 'username'],
    [{ username: '', password: 'secret' }, 'username'],
    [{ username: '', password: '' }, 'username'],
    [{ token: 'tok', username: 'ada' }, 'password'],
  ])('that are %j have no gate, for the %s is missing', (credentials, missing) => {
    expect(() => gate({ credentials })).toThrow(`The ${missing} to ask for is missing or empty`);
  });

  test('that are none leave the gate open', async () => {
    expect(await guarded({ credentials: { token: undefined } })({})).toBe('in');
  });
});

test('a path for probes is open under any Host and without a login, but to no page of another site', async () => {
  const ask = guarded({ credentials: { token: 'tok' }, openPaths: ['/health'] });
  expect(await ask({ host: 'evil.example' }, '/health')).toBe('in');
  expect(await ask({ host: 'evil.example', 'sec-fetch-site': 'cross-site' }, '/health')).toBe('origin');
  expect(await ask({ host: 'evil.example' }, '/health/more')).toBe('host');
});

test('what is refused is as little to be framed or guessed at as what is not', async () => {
  const app = new Hono();
  app.onError((_, context) => context.text('refused', 403));
  app.use(gate({}));
  app.get('/', (context) => context.text('in'));
  for (const host of ['localhost', 'evil.example']) {
    const { headers } = await app.request('/', { headers: { host } });
    expect(headers.get('x-frame-options'), host).toBe('SAMEORIGIN');
    expect(headers.get('x-content-type-options'), host).toBe('nosniff');
  }
});
