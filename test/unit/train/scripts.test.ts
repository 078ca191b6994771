/** Languages written without spaces are learnt from their characters. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { foldsOf, loadDataset } from '../../../learning/data/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { fitFeatures, type Parameters, tokens } from '../../../learning/features/index.js';
import { modelKind, modelParameters } from '../../../learning/models/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { trainClassifier } from '../../../learning/training/index.js';

const THINGS = ['这部电影', '这家餐厅的菜', '新买的手机', '酒店的房间', '客服的态度', '这本书', '耳机的声音'];
const ADVERBS = ['真的', '非常', '实在', '特别', '有点', '一直都', '比想象中'];
const ENDINGS = ['', '，朋友也这么说', '，已经用了三个月', '，下次再决定', '，昨天刚收到', '，价格是二百元'];
const SAID = {
  // Two in three are good: who always says so has a macro F1 of 0.4.
  good: ['好看', '好吃', '喜欢', '满意', '干净', '推荐', '舒服'],
  bad: ['难看', '难吃', '失望', '糟糕', '很脏', '后悔', '太差'],
};

it.each(['words', 'characters'])('Chinese clauses are learnt by their %s', async (tokenizer) => {
  const random = randomStream(1, 'clauses');
  const pick = (list: readonly string[]): string => list[Math.floor(random.uniform() * list.length)]!;
  const lines = Array.from({ length: 300 }, (_, row) => {
    const label = row % 3 === 0 ? 'bad' : 'good';
    return JSON.stringify({ text: pick(THINGS) + pick(ADVERBS) + pick(SAID[label]) + pick(ENDINGS), label });
  });
  const folder = await mkdtemp(join(tmpdir(), 'chinese-'));
  const path = join(folder, 'reviews.jsonl');
  await writeFile(path, lines.join('\n'));
  const dataset = await loadDataset(
    { source: 'file', path, format: 'jsonl', columns: { text: 'text', label: 'label' }, test_size: 0.2 },
    1,
  );
  await rm(folder, { recursive: true });

  const engine = await loadEngine();
  const kind = modelKind('simple');
  const parameters = modelParameters(kind).parse({ tokenizer, learning_rate: 0.02, epochs: 8 }) as Parameters;
  const all = Int32Array.from(dataset.texts.keys());
  const [fold] = foldsOf(dataset, all, { strategy: 'stratified_k_fold', n_splits: 3, seed: 1 });
  const context = { engine, cacheFolder: tmpdir() };
  const features = await fitFeatures(tokens, dataset, fold!.train, parameters, context);
  const part = (rows: Int32Array) => ({
    examples: features.examples(rows),
    labels: rows.map((row) => dataset.labels[row]!),
  });
  const trained = await trainClassifier({
    engine,
    kind,
    parameters,
    classes: 2,
    input: features.input,
    seed: 1,
    train: part(fold!.train),
    validation: part(fold!.validation),
  });
  expect(trained.history.at(-1)!.validation!.f1_macro).toBeGreaterThan(0.9);
  trained.dispose();
});
