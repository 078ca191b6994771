/** What people see of this benchmark's figures. */
import { availableParallelism } from 'node:os';
import { fixed, times } from '../table.mjs';

const cores = `${availableParallelism()} threads`;

const TITLES = {
  ours: 'ours',
  torch: 'PyTorch',
  torchCores: `PyTorch, ${cores}`,
  keras: 'Keras',
  kerasCores: `Keras, ${cores}`,
  stock: 'stock tfjs',
};

export const modelName = ({ model, units }) => (units ? `${model} ${units}` : model);

export function tables({ peers, matmulGflops, cells, folds, predictions }) {
  const all = Object.keys(peers);
  // Stock TensorFlow.js is far behind wherever it is measured, and its F1 is one seed's.
  const python = all.filter((name) => !['ours', 'stock'].includes(name));
  const oneThread = all.filter((name) => !['ours', 'torchCores', 'kerasCores'].includes(name));
  const alike = all.filter((name) => ['ours', 'torch', 'keras'].includes(name));
  const titles = (names, after = '') => names.map((name) => `${TITLES[name]}${after}`);
  const values = (figure, digits) => all.map((name) => fixed(figure[name], digits));
  const ratios = (figure, names) => names.map((name) => times(figure[name] / figure.ours));

  return {
    tables: [
      {
        title:
          'One epoch of 1,024 full-length rows, batch 64, embedding 50, in ms; one thread where none is said. Medians over the turns of the least epoch after the first.',
        head: ['tokens', 'units', ...titles(all), ...titles(python, ' / ours')],
        rows: cells.map(({ tokens, units, milliseconds }) => [
          tokens,
          units,
          ...values(milliseconds, 0),
          ...ratios(milliseconds, python),
        ]),
      },
      {
        title: `The same epochs on one thread: GFLOP/s, of which a plain product of our engine reaches ${fixed(matmulGflops, 0)}, and F1 on 256 other rows, mean of the seeds.`,
        head: ['tokens', 'units', ...titles(alike), 'ours of the product', ...titles(alike, ', F1')],
        rows: cells.map(({ tokens, units, gflops, f1 }) => [
          tokens,
          units,
          ...alike.map((name) => fixed(gflops[name], 0)),
          `${fixed((100 * gflops.ours) / matmulGflops, 0)} %`,
          ...alike.map((name) => fixed(f1[name], 3)),
        ]),
      },
      {
        title: `One fold of the sentences: 2,400 rows, up to 32 tokens, batch 32, 5 epochs, real lengths. The median epoch and the least fold, the mean F1 of ${folds[0].seeds} seeds (stock: 1).`,
        head: ['model', 'figure', ...titles(all), ...titles(oneThread, ' / ours')],
        rows: folds.flatMap((fold) =>
          [
            ['epoch, ms', fold.epochMilliseconds, 1],
            ['fold, s', fold.foldSeconds, 3],
            ['F1', fold.f1, 4],
          ].map(([title, figure, digits]) => [
            modelName(fold),
            title,
            ...values(figure, digits),
            ...(title === 'F1' ? oneThread.map(() => '') : ratios(figure, oneThread)),
          ]),
        ),
      },
      {
        title:
          'Prediction: 10,000 sentences, and one, in ms. As served: the packaged model from raw texts, tokenizing included, against the peers on encoded rows.',
        head: ['model', 'figure', ...titles(all), ...titles(oneThread, ' / ours')],
        rows: predictions.flatMap(({ batch, single, served, ...request }) =>
          [
            ['10,000 encoded rows', batch, 1],
            ['one encoded row', single, 3],
            ['10,000 texts as served', { ...batch, ours: served.batch }, 1],
            ['one text as served', { ...single, ours: served.single }, 3],
          ].map(([title, milliseconds, digits]) => [
            modelName(request),
            title,
            ...values(milliseconds, digits),
            ...ratios(milliseconds, oneThread),
          ]),
        ),
      },
    ],
    notes: [[...new Set(all.map((name) => peers[name].version))].join('; ')],
  };
}
