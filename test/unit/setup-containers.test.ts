import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: { context: string; dockerfile?: string };
  command?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  network_mode?: string;
  container_name?: string;
}

const root = join(import.meta.dirname, '..', '..');
const composition = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const { services } = composition;
const service = (name: string): Service => services[name] ?? expect.fail(`no service ${name}`);

describe('docker-compose.yml', () => {
  test('has redis, postgres, tracking, orchestrator and worker, each with a health check', () => {
    expect(Object.keys(services).sort()).toEqual(['orchestrator', 'postgres', 'redis', 'tracking', 'worker']);
    for (const [name, { healthcheck }] of Object.entries(services)) {
      expect(healthcheck?.test.length, name).toBeGreaterThan(1);
    }
  });

  test('opens no port beyond loopback', () => {
    const ports = Object.values(services).flatMap((each) => each.ports ?? []);
    expect(ports).toHaveLength(1);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const each of Object.values(services)) expect(each.network_mode).toBeUndefined();
  });

  test('keeps what must survive on named volumes, and Redis forgets no job', () => {
    for (const [name, path] of [
      ['redis', '/data'],
      ['postgres', '/var/lib/postgresql/data'],
      ['tracking', '/artifacts'],
    ] as const) {
      const volume = service(name).volumes?.find((each) => each.endsWith(`:${path}`)) ?? '';
      expect(Object.keys(composition.volumes), name).toContain(volume.split(':')[0]);
    }
    expect(service('redis').command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
  });

  test('starts each service once what it depends on is healthy, and can be scaled', () => {
    for (const [name, { depends_on }] of Object.entries(services)) {
      for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
        expect(services[other]?.healthcheck, `${name} waits for ${other}`).toBeDefined();
        expect(condition).toBe('service_healthy');
      }
    }
    expect(service('worker').container_name).toBeUndefined();
    expect(service('worker').stop_grace_period).toBeDefined();
  });

  test('has no password of its own', () => {
    const passwords = Object.values(services).flatMap((each) =>
      Object.entries(each.environment ?? {}).filter(([name]) => /PASSWORD|STORE_URI/.test(name)),
    );
    expect(passwords.length).toBeGreaterThan(0);
    for (const [name, value] of passwords) expect(value, name).toContain('${POSTGRES_PASSWORD:?');
  });

  test('the files its images are made from exist', () => {
    for (const { build } of Object.values(services)) {
      if (build) expect(existsSync(join(root, build.context, build.dockerfile ?? 'Dockerfile'))).toBe(true);
    }
    const copied = readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm);
    for (const [, sources] of copied) {
      for (const source of (sources ?? '').split(' '))
        expect(existsSync(join(root, source)), source).toBe(true);
    }
  });

  test('orchestrator and worker run commands that the command line has', (context) => {
    const cli = join(root, 'dist', 'orchestrator', 'cli', 'main.js');
    if (!existsSync(cli)) context.skip('the command line is not there yet');
    for (const name of ['orchestrator', 'worker']) {
      const [command = '', ...rest] = service(name).command ?? [];
      const help = execFileSync(process.execPath, [cli, command, '--help'], { encoding: 'utf8' });
      expect(help).toContain(`gridsearch ${command}`);
      for (const option of rest.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
    }
  });
});
