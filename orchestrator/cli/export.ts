/** `export SEARCH --to URL`: copies a search to another MLflow server. Needs tracking only. */
import { withoutSecrets } from '../../addresses/index.js';
import { findSearch, UnknownSearchError } from '../../review/results/index.js';
import { type Exported, exportSearch, InputError } from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { print, printDocument, say } from './output.js';
import { duration, plain, progressWriter } from './render.js';
import { withTracking } from './with-services.js';

export interface ExportOptions {
  readonly to: string;
  readonly json: boolean;
}

export async function exportCommand(asked: string, { to, json }: ExportOptions): Promise<number> {
  const stop = interruption();
  const progress = progressTeller();
  const goOn = 'The same command goes on from here; what is there is not copied twice.';
  try {
    return await withTracking(async ({ client }) => {
      const search = await findSearch(client, asked);
      const exported = await exportSearch(client, search, {
        to,
        signal: stop.signal,
        onProgress: progress.tell,
      });
      progress.end();
      if (json) printDocument('export', { ...exported, to: withoutSecrets(to) });
      else print(...linesOf(exported, withoutSecrets(to)));
    });
  } catch (error) {
    progress.end();
    if (!stop.signal.aborted) {
      if (!(error instanceof InputError || error instanceof UnknownSearchError)) say(goOn);
      throw error;
    }
    say(goOn);
    return EXIT.stopped;
  } finally {
    stop.dispose();
  }
}

/** Tells how far it is, and how long the rest takes at that pace. */
function progressTeller(): { tell(copied: number, total: number): void; end(): void } {
  const started = performance.now();
  const writer = progressWriter();
  let first: number | undefined;
  return {
    tell: (copied, total) => {
      first ??= copied;
      const seconds = (performance.now() - started) / 1000;
      const left =
        copied > first ? ` · ETA ${duration((seconds / (copied - first)) * (total - copied))}` : '';
      // Where lines stay, one a tenth is enough.
      writer.show(`copied ${copied} of ${total} runs${left}`, String(Math.floor((10 * copied) / total)));
    },
    end: () => writer.end(),
  };
}

function linesOf(
  { searchId, runs, present, parentRunId, registered, aliasesTaken }: Exported,
  to: string,
): string[] {
  const before = present === 0 ? '' : `, ${present} of which were there`;
  return [
    `Search ${searchId} is at ${plain(to)}: ${runs} runs${before}; parent run ${parentRunId}.`,
    ...(registered === null ? [] : versionLines(registered, aliasesTaken)),
  ];
}

function versionLines(
  { name, version, aliases }: NonNullable<Exported['registered']>,
  taken: readonly string[],
): string[] {
  const as = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  return [
    `Registered there as ${plain(name)} version ${version}${as}.`,
    ...taken.map((alias) => `Another version is the ${plain(alias)} there, and stays it.`),
  ];
}
