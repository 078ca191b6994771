/** `gc`: removes for good what was deleted, and cached files that nothing uses. */
import { type Collected, collectAll } from '../app/index.js';
import { print, printDocument, say } from './output.js';
import { withTracking } from './with-services.js';

interface GcOptions {
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export const gcCommand = ({ olderThan = 0, dryRun, json }: GcOptions): Promise<number> =>
  withTracking(async (tracking, home) => {
    const collected = await collectAll(tracking, home, { olderThanMs: olderThan, dryRun });
    if (!tracking.embedded) {
      say(
        'MLFLOW_TRACKING_URI names another server: only cached files go from here. `mlflow gc` on its machine purges its runs.',
      );
    }
    if (json) return printDocument('gc', documentOf(collected, dryRun));
    print(...linesOf(collected, dryRun));
  });

const documentOf = ({ tracking, cache }: Collected, dryRun: boolean) => ({
  dryRun,
  runs: tracking?.runs ?? [],
  loggedModels: tracking?.loggedModels ?? [],
  experiments: tracking?.experiments ?? [],
  artifactBytes: tracking?.bytes ?? 0,
  kept: [...(tracking?.kept ?? [])],
  cache: {
    models: [...cache.models],
    datasets: [...cache.datasets],
    encoders: [...cache.encoders],
    bytes: cache.bytes,
  },
});

const REASONS = {
  version: 'a model version is made from it',
  running: 'its search is under way, or waits to be resumed',
  elsewhere: 'its artifacts are in a store that is not ours',
} as const;

function linesOf({ tracking, cache }: Collected, dryRun: boolean): string[] {
  const verb = dryRun ? 'Would remove' : 'Removed';
  const lines: string[] = [];
  if (tracking !== undefined) {
    const { runs, loggedModels, experiments, bytes, kept } = tracking;
    lines.push(
      `${verb} ${count(runs, 'run')}, ${count(loggedModels, 'logged model')} and ${count(experiments, 'experiment')}: ${size(bytes)} of artifacts.`,
    );
    for (const [why, words] of Object.entries(REASONS)) {
      const those = kept.filter((one) => one.why === why).map(({ id }) => id);
      if (those.length === 0) continue;
      const shown = those.slice(0, 5).join(', ');
      lines.push(`Kept, as ${words}: ${shown}${those.length > 5 ? ` and ${those.length - 5} more` : ''}`);
    }
  }
  lines.push(
    `${verb} ${[
      count(cache.models, 'cached model'),
      ...(cache.encoders.length > 0 ? [count(cache.encoders, 'half-unpacked encoder')] : []),
    ].join(', ')} and ${count(cache.datasets, 'cached data file')}: ${size(cache.bytes)}.`,
  );
  return lines;
}

const count = ({ length }: readonly unknown[], what: string): string =>
  `${length} ${what}${length === 1 ? '' : 's'}`;

const size = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
