/**
 * Large searches and many, with folds that train nothing: a TPE search of 10,000 trials, ten searches at once beside one of as many
 * folds, and a million configurations queued. Each in a process of its own.
 *
 * It runs on earlier commits as well: with this folder, `noop/` and `run.mjs` from here in their `bench/`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, embedded, timed } from '../processes.mjs';
import { say } from '../progress.mjs';
import { fixed, times } from '../table.mjs';

/** A proposal that takes longer is felt, in ms. */
const LIMIT = 1000;

export default async function scale({ trials, searches, folds, settle }) {
  const node = async (script, options) => {
    await settle();
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    return (await timed(process.execPath, [join(import.meta.dirname, script), ...args])).document;
  };
  const tpe = await node('tpe.mjs', { trials });
  say(`TPE: ${fixed(tpe.seconds, 1)} s`);
  const crowd = await node('together.mjs', { searches, folds });
  say(`at once: ${fixed(Math.max(...crowd.together), 1)} s`);
  await settle();
  return report(tpe, crowd, await million());
}

/** Seconds of a process that reads, checks and queues a grid of a million configurations. */
async function million() {
  const home = await mkdtemp(join(tmpdir(), 'gridsearch-million-'));
  try {
    const file = join(home, 'million.yaml');
    const axis = '{ min: 0, max: 0.9, steps: 1000 }';
    await writeFile(
      file,
      `name: million\ndataset: { source: uci-sentiment }\nmodels: { lstm: { dropout: ${axis}, input_dropout: ${axis} } }\n`,
    );
    const { wall } = await timed(process.execPath, [CLI, 'submit', file, '--json'], embedded(home));
    return wall;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function report(tpe, crowd, seconds) {
  const ends = [...crowd.together].sort((a, b) => a - b);
  const [first, last] = [ends[0], ends.at(-1)];
  const ratio = last / crowd.alone;
  const spread = (last - first) / last;
  const megabytes = (bytes) => fixed(bytes / 2 ** 20, 0);
  const slow = tpe.marks.filter(({ proposal }) => proposal > LIMIT);
  return {
    figures: { tpe, together: { ...crowd, ratio, spread }, million: { seconds } },
    tables: [
      {
        title: `TPE, ${tpe.trials} trials × ${tpe.folds / tpe.trials} folds in ${fixed(tpe.seconds, 1)} s; of a generation of 8, medians of the ten before a trial; memory of orchestrator and tracking server, at most ${megabytes(tpe.rss)} MB`,
        head: ['trial', 'proposal ms', 'generation ms', 'requests to tracking', 'MB'],
        rows: tpe.marks.map(({ trial, proposal, generation, requests, rss }) => [
          trial,
          fixed(proposal, 0),
          fixed(generation, 0),
          requests,
          megabytes(rss),
        ]),
      },
      {
        title: `${crowd.searches} searches of ${crowd.folds} folds at once, and one of as many; two workers`,
        head: ['', 's', 'ratio'],
        rows: [
          ['one search', fixed(crowd.alone, 1), '1'],
          ['all at once: the last ends', fixed(last, 1), times(ratio)],
          ['the first ends', fixed(first, 1), `${fixed(100 * spread, 0)} % before the last`],
        ],
      },
    ],
    notes: [`A million configurations: read, checked and queued in ${fixed(seconds, 1)} s.`],
    missed: slow.map(
      ({ trial, proposal }) =>
        `${fixed(proposal, 0)} ms for a proposal after ${trial} trials, where the limit is ${LIMIT}`,
    ),
  };
}
