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
  user?: string;
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  tmpfs?: string[];
  pids_limit?: number;
  mem_limit?: string;
  cpus?: number;
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
    expect(service('redis').command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
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
      Object.entries(each.environment ?? {}).filter(([name]) =>
        /PASSWORD|AUTH|STORE_URI|REDIS_URL/.test(name),
      ),
    );
    expect(passwords).toHaveLength(5);
    for (const [name, value] of passwords) {
      expect(value, name).toMatch(/\$\{(?:POSTGRES|REDIS)_PASSWORD:\?/);
    }
    expect(JSON.stringify(service('redis').command)).not.toContain('REDIS_PASSWORD');
  });

  test('gives no service more than it needs', () => {
    for (const [name, each] of Object.entries(services)) {
      expect(each, name).toMatchObject({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        read_only: true,
        tmpfs: expect.arrayContaining(['/tmp']),
        pids_limit: expect.any(Number),
        mem_limit: expect.any(String),
        cpus: expect.any(Number),
      });
      // An image of others starts as root unless told otherwise; ours are built with a USER.
      if (each.build === undefined) expect(each.user, name).toBe(name);
    }
    for (const file of ['Dockerfile', 'docker/mlflow.Dockerfile']) {
      expect(readFileSync(join(root, file), 'utf8'), file).toMatch(/^USER \w+$/m);
    }
  });

  test('names images by exact versions', () => {
    const dockerfiles = ['Dockerfile', 'docker/mlflow.Dockerfile'].flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8').replace(
        /\$\{MLFLOW_VERSION\}/,
        /v[\d.]+/.exec(readFileSync(join(root, '.env.example'), 'utf8'))![0],
      );
      return [...text.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => image!);
    });
    const others = Object.values(services).flatMap(({ image, build }) => (image && !build ? [image] : []));
    expect([...others, ...dockerfiles]).toHaveLength(4);
    for (const image of [...others, ...dockerfiles]) expect(image).toMatch(/:v?\d+\.\d+(?:\.\d+)?(?:-\w+)*$/);
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
