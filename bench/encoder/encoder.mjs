/**
 * MiniLM-L6 beside PyTorch's transformers, one thread each, in turn in one run: vectors of the 3,000 sentences, tokenising included,
 * and one epoch of fine-tuning all weights on 2,000 of them, with dropout, AdamW, warm-up and clipping.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';
import { answering } from '../processes.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed, times } from '../table.mjs';
import { encoderPlace, randomStream, shuffle } from './dist.mjs';

const FINE_TUNED_ROWS = 2000;
const COMMON = { batch: 32, maxTokens: 128, learningRate: 5e-5, weightDecay: 0.01, seed: 1 };
const TITLES = { embed: 'embedding', fineTune: 'an epoch of fine-tuning' };
/** Of PyTorch's time. */
const LIMIT = 0.8;

export default async function encoder({ repeat, rows: count, settle }) {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-encoder-'));
  const python = pythonPeers('transformers');
  const { folder } = await encoderPlace('minilm-l6', say);
  const peers = {
    ours: await answering(process.execPath, [join(import.meta.dirname, 'ours.mjs')], {
      GRIDSEARCH_THREADS: '1',
    }),
    torch: await python.answering('torch_encoder.py', ['--threads', '1'], { OMP_NUM_THREADS: '1' }),
  };
  try {
    const all = sentences().slice(0, count);
    const write = (name, rows) => {
      const path = join(scratch, name);
      writeFileSync(
        path,
        JSON.stringify({ texts: rows.map(({ text }) => text), labels: rows.map((row) => row.class) }),
      );
      return path;
    };
    const rows = { embed: write('all', all), fineTune: write('some', all.slice(0, FINE_TUNED_ROWS)) };
    const figures = {
      sentences: { embed: all.length, fineTune: Math.min(all.length, FINE_TUNED_ROWS) },
      peers: Object.fromEntries(Object.entries(peers).map(([name, { about }]) => [name, about])),
    };
    for (const task of Object.keys(TITLES)) {
      const answers = { ours: [], torch: [] };
      for (let turn = 1; turn <= repeat; turn++) {
        for (const [name, peer] of Object.entries(peers)) {
          await settle();
          say(`${TITLES[task]}, ${name}, turn ${turn} of ${repeat}`);
          answers[name].push(await peer.ask({ ...COMMON, task, folder, rows: rows[task] }));
        }
      }
      figures[task] = Object.fromEntries(
        Object.entries(answers).map(([name, each]) => [
          name,
          { seconds: median(each.map(({ seconds }) => seconds)), accuracy: each[0].accuracy },
        ]),
      );
      if (task === 'embed') compare(answers.ours[0].first, answers.torch[0].first);
      figures.rss = Math.max(...answers.ours.map(({ rss }) => rss));
    }
    return { figures, ...told(figures) };
  } finally {
    for (const peer of Object.values(peers)) peer.stop();
    rmSync(scratch, { recursive: true });
  }
}

/** What is measured must be the same: the first sentence's vector. */
function compare(ours, theirs) {
  const apart = Math.max(...ours.map((value, k) => Math.abs(value - theirs[k])));
  if (!(apart < 1e-4)) throw new Error(`the first vectors are ${apart} apart`);
}

function told(figures) {
  const tasks = Object.keys(TITLES);
  return {
    tables: [
      {
        title:
          'MiniLM-L6 on one thread, batches of 32 by length, seconds; accuracy on the rows that were trained on.',
        head: ['', 'sentences', 'ours', 'PyTorch', 'ours / PyTorch', 'accuracy, ours', 'accuracy, PyTorch'],
        rows: tasks.map((task) => {
          const { ours, torch } = figures[task];
          const accuracy = [ours, torch].map((each) => (each.accuracy ? fixed(each.accuracy, 3) : ''));
          return [
            TITLES[task],
            figures.sentences[task],
            fixed(ours.seconds, 1),
            fixed(torch.seconds, 1),
            times(ours.seconds / torch.seconds),
            ...accuracy,
          ];
        }),
      },
    ],
    notes: [
      `Most memory of ours: ${fixed(figures.rss / 1e6, 0)} MB. ${Object.values(figures.peers)
        .map(({ version }) => version)
        .join('; ')}`,
    ],
    missed: tasks
      .filter((task) => figures[task].ours.seconds > LIMIT * figures[task].torch.seconds)
      .map((task) => `${TITLES[task]} takes more than ${LIMIT} of PyTorch's time`),
  };
}

function sentences() {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('sentiment/package.json')),
    'test/fixtures',
  );
  const all = ['amazon', 'imdb', 'yelp'].flatMap((name) =>
    JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).slice(0, -1),
  );
  return shuffle(all, randomStream(1, 'bench sentences'));
}
