/**
 * Random faults for as long as asked: `npm run soak -- --minutes 20 --seed 1`. Ends with 1 when a search did not end as one that
 * nobody disturbed.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
for (const [name, value] of Object.entries(values)) {
  if (/^[1-9]\d{0,8}$/.test(value)) continue;
  process.stderr.write(
    `--${name} is ${value}; give a whole number from 1, as in npm run soak -- --minutes 20 --seed 1\n`,
  );
  process.exit(2);
}
const child = spawn('npx', ['vitest', 'run', 'test/faults/random.test.ts', '--disable-console-intercept'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_MINUTES: values.minutes, SOAK_SEED: values.seed },
});
process.on('SIGINT', () => undefined);
child.on('exit', (code) => process.exit(code ?? 1));
