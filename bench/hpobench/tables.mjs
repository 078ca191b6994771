/** The tables of bench/pruning and bench/tpe: what each of 30,000 configurations scored in each of five repeats, on eight datasets. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPeers } from '../peers/python.mjs';

/** Gives `use` the tables, and a peer that searches them by Optuna. */
export async function withTables(use) {
  const python = pythonPeers('tables');
  const scratch = mkdtempSync(join(tmpdir(), 'bench-tables-'));
  const path = join(scratch, 'tables');
  let optuna;
  try {
    const { document } = await python.timed('tables.py', path);
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const tables = tablesOf(document, new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength)));
    const { names, axes, repeats } = document;
    optuna = await python.answering('optuna_tables.py', [path, String(names.length), String(repeats)]);
    const sizes = Object.fromEntries(Object.entries(axes).map(([name, { length }]) => [name, length]));
    return await use({
      ...tables,
      versions: [tables.version, optuna.about.version],
      optuna: (request) => optuna.ask({ ...request, sizes }),
    });
  } finally {
    optuna?.stop();
    rmSync(scratch, { recursive: true });
  }
}

function tablesOf({ names, axes, repeats, version }, accuracies) {
  const parameters = Object.entries(axes).map(([parameter, values]) => ({
    parameter,
    values,
    places: new Map(values.map((value, place) => [value, place])),
  }));
  const size = parameters.reduce((product, { values }) => product * values.length, 1);
  const rowOf = (configuration) =>
    parameters.reduce(
      (row, { parameter, values, places }) =>
        row * values.length + places.get(configuration.parameters[parameter]),
      0,
    );
  return {
    version,
    repeats,
    /** As the search sees the space: ordered lists, each value with an equal part of its side. */
    models: [{ model: 'mlp', axes: parameters.map(({ parameter, values }) => ({ parameter, values })) }],
    tables: names.map((name, table) => {
      const accuracy = (row, repeat) => accuracies[(table * size + row) * repeats + repeat];
      /** The mean of a row of the table over some of the repeats. */
      const meanOfRow = (row, chosen) => meanOf(chosen.map((repeat) => accuracy(row, repeat)));
      return {
        name,
        /** A configuration's accuracies in some of the repeats. */
        scores: (configuration, chosen) => chosen.map((repeat) => accuracy(rowOf(configuration), repeat)),
        meanOfRow,
        /** The best and the worst mean that any configuration has over some of the repeats. */
        ends(chosen) {
          let [best, worst] = [-1, 2];
          for (let row = 0; row < size; row++) {
            const mean = meanOfRow(row, chosen);
            best = Math.max(best, mean);
            worst = Math.min(worst, mean);
          }
          return { best, worst };
        },
      };
    }),
  };
}

export const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const range = (count) => Array.from({ length: count }, (_, k) => k);
