/** A peer's side of the benchmark: one JSON request a line on standard input, one JSON answer a line on standard output. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tokenExamples } from '../../dist/learning/features/index.js';

export async function answerRequests(ready, tasks) {
  console.log(JSON.stringify(ready));
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const data = request.rows ? JSON.parse(readFileSync(request.rows, 'utf8')) : undefined;
    console.log(JSON.stringify(await tasks[request.task](request, data)));
  }
}

export function encoded({ ids, lengths, labels }, maxTokens) {
  const texts = {
    ids: Int32Array.from(ids.flat()),
    lengths: Int32Array.from(lengths),
    rows: ids.length,
    maxTokens,
  };
  return { texts, examples: tokenExamples(texts), labels: Int32Array.from(labels) };
}

export const parametersOf = (request, maxTokens) => ({
  embedding_dim: request.embedding,
  max_tokens: maxTokens,
  vocabulary_size: 5000,
  epochs: request.epochs ?? 1,
  batch_size: request.batch ?? 32,
  learning_rate: request.learningRate ?? 0.001,
  patience: 0,
  ...(request.model === 'lstm' ? { units: request.units } : {}),
});

export const seconds = async (work) => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};
