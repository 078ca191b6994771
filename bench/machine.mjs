/** What a benchmark runs on, and whether it has it to itself. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './progress.mjs';

export const machineFacts = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGB: Math.round(totalmem() / 1e9),
  node: process.versions.node,
  loadBefore: loadavg()[0],
});

export const machineLine = ({ cpu, cores, memoryGB, node, loadBefore }) =>
  `${cpu}, ${cores} cores, ${memoryGB} GB, Node ${node}, load ${loadBefore.toFixed(2)} before`;

const IDLE = 0.05; // share of all cores that others may use
const SAMPLE_MILLISECONDS = 700;

/**
 * For a machine that others use too: what it returns waits, up to `minutes` at a time, until the cores are idle.
 * `started` counts how many measurements it let start, `disturbed` those that started on busy cores all the same.
 */
export function quietStart(minutes) {
  const starts = { started: 0, disturbed: 0 };
  const settle = async () => {
    starts.started++;
    const deadline = Date.now() + minutes * 60_000;
    for (let told = false; minutes > 0; told = true) {
      if ((await busyShare()) < IDLE) return;
      if (Date.now() > deadline) {
        starts.disturbed++;
        return;
      }
      if (!told) say('waiting for idle cores');
    }
  };
  return { settle, starts };
}

async function busyShare() {
  const before = cpuTimes();
  await sleep(SAMPLE_MILLISECONDS);
  const after = cpuTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function cpuTimes() {
  const times = cpus().map((core) => core.times);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return { idle: sum(times.map((core) => core.idle)), all: sum(times.flatMap(Object.values)) };
}
