/**
 * Searches with no-op folds at once, beside one of as many folds: until when each has ended. Prints one JSON document.
 *
 *     node bench/scale/together.mjs --searches 10 --folds 300
 */
import { parseArgs } from 'node:util';
import { grid, noopInstallation } from '../noop/installation.mjs';

const { values } = parseArgs({
  options: { searches: { type: 'string', default: '10' }, folds: { type: 'string', default: '300' } },
});
const [searches, folds] = [Number(values.searches), Number(values.folds)];
const FOLDS = 3;
const WARM_UP = 100; // configurations

const installation = await noopInstallation({ workers: 2 });
try {
  await ended([await installation.submit('warm-up', grid(WARM_UP, FOLDS))], WARM_UP);
  const configurations = Math.ceil(folds / FOLDS);
  const alone = await measured(['alone'], configurations * searches);
  const together = await measured(
    Array.from({ length: searches }, (_, k) => `together-${k}`),
    configurations,
  );
  process.stdout.write(
    `${JSON.stringify({ searches, folds: configurations * FOLDS, alone: alone[0], together })}\n`,
  );
} finally {
  await installation.close();
}

/** Seconds from the first submission to each search's end. */
async function measured(names, configurations) {
  const started = Date.now();
  const body = grid(configurations, FOLDS);
  const ids = await Promise.all(names.map((name) => installation.submit(name, body)));
  const ends = await ended(ids, configurations);
  return ends.map((end) => (end - started) / 1000);
}

async function ended(ids, configurations) {
  return Promise.all(
    ids.map(async (id) => {
      const { result, finishedOn } = await installation.ended(id);
      if (result.status !== 'FINISHED' || result.folds.finished !== configurations * FOLDS)
        throw new Error(JSON.stringify(result));
      return finishedOn;
    }),
  );
}
