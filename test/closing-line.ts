/** Ends a test run's output with the skipped tests and why, then one line alone: `12 passed, 0 failed, 1 skipped`. */
import { writeSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** `file > test: reason`, in file order. */
  skips: string[];
}

/** Counts tests; a file that failed to load and an error outside any test are a failure each, or they would go unseen. */
export function tally(modules: ReadonlyArray<TestModule>, unhandledErrors: number): Tally {
  const count: Tally = { passed: 0, failed: unhandledErrors, skipped: 0, skips: [] };
  for (const module of modules) {
    const suites = [module, ...module.children.allSuites()];
    count.failed += suites.filter((suite) => suite.errors().length > 0).length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') count.passed += 1;
      else if (result.state === 'failed') count.failed += 1;
      else {
        count.skipped += 1;
        const reason = result.state === 'skipped' && result.note ? result.note : 'no reason given';
        count.skips.push(`${relative(process.cwd(), module.moduleId)} > ${test.fullName}: ${reason}`);
      }
    }
  }
  return count;
}

export const closingLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<unknown>,
    reason: 'passed' | 'interrupted' | 'failed',
  ): void {
    const count = tally(modules, unhandledErrors.length);
    if (reason !== 'passed' && count.failed === 0) count.failed = 1;
    const lines = [
      ...(count.skips.length > 0 ? ['Skipped:', ...count.skips.map((skip) => `  ${skip}`), ''] : []),
      closingLine(count),
    ];
    // At exit and synchronously: whatever else vitest still has to say comes before it.
    process.once('exit', () => writeSync(1, `${lines.join('\n')}\n`));
  }
}
