import { defineConfig } from 'vitest/config';
import SlowFirst from './test/slow-first.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Processes, not threads: native TensorFlow and SQLite are loaded per process, and a test may signal its own.
    pool: 'forks',
    // Integration tests start servers and workers of their own; more files at once would only make each wait.
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-line.ts'],
  },
});
