/**
 * TweetEval: tweets labelled for six tasks, in the splits that its benchmark is measured on. Francesco Barbieri, Jose
 * Camacho-Collados, Luis Espinosa-Anke, Leonardo Neves: "TweetEval: Unified Benchmark and Comparative Evaluation for Tweet
 * Classification", Findings of EMNLP 2020. Mentions and links are @user and http in it already.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { download } from '../download/index.js';
import { DatasetError } from '../errors.js';
import { SPLITS } from '../types.js';
import type { DatasetSource, Row, SourceContext } from './source.js';
import { TWEET_EVAL_SHA256 } from './tweet-eval-sha256.js';

/** Rows of train, validation and test. */
const TASKS = {
  emoji: [45_000, 5000, 50_000],
  emotion: [3257, 374, 1421],
  hate: [9000, 1000, 2970],
  irony: [2862, 955, 784],
  offensive: [11_916, 1324, 860],
  sentiment: [45_615, 2000, 12_284],
} as const;
type Task = keyof typeof TASKS;

const COMMIT = '4fbd22cd78421f05b1ecdb4fc5725bc7a7bd8f66';
const MAX_BYTES = 32 * 2 ** 20;
const FILES = { train: 'train', validation: 'val', test: 'test' };

const task = z.enum(Object.keys(TASKS) as [Task, ...Task[]]);
const fields = z.object({ task: task.optional().describe('Task of tweet_eval.') });
const spec = z.object({ task });

export const tweetEval = tweetEvalOf(TWEET_EVAL_SHA256);

/** @param known - SHA-256 of files, by their path. */
export function tweetEvalOf(
  known: Readonly<Record<string, string>>,
): DatasetSource<typeof fields, typeof spec> {
  return {
    description: 'TweetEval, downloaded; `task` names its part.',
    nature: 'downloaded',
    mention: 'source: tweet_eval with a task',
    rowsTravel: true,
    fields,
    spec,
    complaints: ({ task }) =>
      task === undefined
        ? [
            {
              field: 'source',
              value: 'tweet_eval',
              what: 'has several tasks',
              remedy: `add task: ${TASK_NAMES}`,
            },
          ]
        : [],
    resolve: ({ task }) => spec.parse({ task }),
    async open({ task }, context) {
      const rows = await rowsOf(task, known, context);
      return {
        name: `tweet_eval-${task}`,
        sourceType: 'http',
        source: JSON.stringify({ url: addressOf(`${task}/`) }),
        rows,
      };
    },
  };
}

const TASK_NAMES = Object.keys(TASKS).join(', ');

const addressOf = (path: string): string =>
  `https://raw.githubusercontent.com/cardiffnlp/tweeteval/${COMMIT}/datasets/${path}`;

async function rowsOf(
  task: Task,
  known: Readonly<Record<string, string>>,
  context: SourceContext,
): Promise<Row[]> {
  const lines = async (name: string): Promise<string[]> => {
    const path = `${task}/${name}.txt`;
    const remote = {
      source: 'tweet_eval',
      path,
      url: addressOf(path),
      maxBytes: MAX_BYTES,
      sha256: known[path],
    };
    const text = await readFile(await download(remote, context), 'utf8');
    // Line feeds alone: a tweet may hold the other characters that end lines.
    return text.replace(/\n$/, '').split('\n');
  };
  const classes = new Map((await lines('mapping')).map((line) => [line.split('\t')[0], nameOf(line)]));
  const rows: Row[] = [];
  for (const [index, split] of SPLITS.entries()) {
    const texts = await lines(`${FILES[split]}_text`);
    const labels = await lines(`${FILES[split]}_labels`);
    const expected = TASKS[task][index]!;
    if (texts.length !== expected || labels.length !== expected)
      throw new DatasetError(
        `tweet_eval/${task}: ${split} has ${texts.length} texts and ${labels.length} labels, and TweetEval has ${expected}; is the mirror complete?`,
      );
    for (const [row, text] of texts.entries()) {
      const label = classes.get(labels[row]!.trim());
      if (label === undefined)
        throw new DatasetError(
          `tweet_eval/${task}: ${split} row ${row + 1} has label ${JSON.stringify(labels[row])}, which mapping.txt does not name`,
        );
      rows.push({ text, label, split });
    }
  }
  return rows;
}

/** `0⇥anger`, and of emoji `0⇥❤⇥_red_heart_⇥`. */
const nameOf = (line: string): string => line.split('\t')[1]?.trim() ?? '';
