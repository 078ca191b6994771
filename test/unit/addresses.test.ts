import { describe, expect, it } from 'vitest';
import { listenTrouble, redisUrl, trackingUri } from '../../orchestrator/app/addresses.js';
import { InputError } from '../../orchestrator/app/index.js';
import { shortened } from '../../orchestrator/cli/shortened.js';

describe('REDIS_URL', () => {
  it.each([
    'redis://127.0.0.1:99999',
    'redis://[::bad',
    'redis://',
    'redis://x y',
    'redis://host/name',
    'redis://%zz@host',
    'unix://',
    'unix:///%zz.sock',
    'localhost:6379',
    'http://localhost:6379',
  ])('%s is refused with what would be right', (REDIS_URL) => {
    expect(() => redisUrl({ REDIS_URL })).toThrow(InputError);
    expect(() => redisUrl({ REDIS_URL })).toThrow(/^REDIS_URL is .*; .*redis:\/\/localhost:6379/);
  });

  it.each([
    'redis://localhost',
    'redis://user:p%40ss@[::1]:6379/2',
    'rediss://queue.internal:6380',
    'redis://127.0.0.1:6379?family=6',
    'unix:///run/redis.sock',
    'unix:///tmp/a%20b.sock',
  ])('%s is taken', (REDIS_URL) => {
    expect(redisUrl({ REDIS_URL })).toBe(REDIS_URL);
  });

  it('is never shown with its password', () => {
    expect(() => redisUrl({ REDIS_URL: 'redis://u:se@cret@x y' })).toThrow(
      /^REDIS_URL is redis:\/\/\*\*\*@x y;/,
    );
  });
});

describe('MLFLOW_TRACKING_URI', () => {
  it.each(['http://', 'http://x y', 'https://host:99999', 'http://u:%zz@host', 'ftp://host', 'host:5000'])(
    '%s is refused with what would be right',
    (MLFLOW_TRACKING_URI) => {
      expect(() => trackingUri({ MLFLOW_TRACKING_URI })).toThrow(InputError);
      expect(() => trackingUri({ MLFLOW_TRACKING_URI })).toThrow(
        /^MLFLOW_TRACKING_URI is .*; it must be the http:\/\/ or https:\/\/ address/,
      );
    },
  );

  it.each(['http://localhost:5000', 'https://user:pass@mlflow.internal/base', 'http://[::1]:5000'])(
    '%s is taken',
    (MLFLOW_TRACKING_URI) => {
      expect(trackingUri({ MLFLOW_TRACKING_URI })).toBe(MLFLOW_TRACKING_URI);
    },
  );

  it('that is empty is not set', () => {
    expect(trackingUri({ MLFLOW_TRACKING_URI: '' })).toBeUndefined();
    expect(redisUrl({})).toBeUndefined();
  });
});

it.each([
  ['EADDRINUSE', 'port 5000 of h is taken'],
  ['ENOTFOUND', '--host is h, no address of this machine'],
  ['EAI_AGAIN', '--host is h, no address of this machine'],
  ['EADDRNOTAVAIL', '--host is h, no address of this machine'],
  ['EACCES', 'port 5000 of h is not for everybody'],
])('a server that %s is told of by its option', (code, message) => {
  const trouble = listenTrouble(Object.assign(new Error('listen'), { code }), 'h', 5000);
  expect(trouble).toBeInstanceOf(InputError);
  expect(String(trouble)).toContain(message);
});

it('what is too long to be read is cut in its middle, other text left alone', () => {
  const path = `/begin${'/x'.repeat(2500)}/end.yaml`;
  expect(shortened(`${path}:3:1: models: wrong\nnext`)).toMatch(
    /^\/begin(?:\/x)+…[x/]+\/end\.yaml:3:1: models: wrong\nnext$/,
  );
  expect(shortened(path).length).toBe(300);
  expect(shortened('a '.repeat(5000)).length).toBe(1500);
  expect(shortened('No search "x" here;\n  try status')).toBe('No search "x" here;\n  try status');
});
