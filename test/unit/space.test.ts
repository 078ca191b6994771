import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { submission } from '../../orchestrator/app/prepare.js';
import { configurationHash, STRATEGIES } from '../../orchestrator/search/strategies/index.js';
import { configurationAt, configurationCount } from '../../orchestrator/search/strategies/places.js';
import {
  parseSearchSpace,
  readSearchSpace,
  type SearchSpace,
  SearchSpaceError,
} from '../../orchestrator/space/index.js';
import type { Configuration } from '../../queue/index.js';

/** Every configuration of a space's grid, in order, a window at a time. */
function* expand(space: SearchSpace): Generator<Configuration> {
  const asked = submission(space);
  const total = configurationCount(asked);
  for (let from = 0; from < total; from += 100) {
    yield* STRATEGIES.grid!.propose(asked, [], { number: 0, from, to: Math.min(total, from + 100) });
  }
}

const shipped = (name: string) => fileURLToPath(new URL(`../../search-spaces/${name}.yaml`, import.meta.url));

/** A search space with this block for an LSTM, and more fields below. */
const spaceOf = (lstm: string, more = '') =>
  parseSearchSpace(
    `name: test\ndataset: { source: uci-sentiment }\nmodels:\n  lstm: ${lstm}\n${more}`,
    'test.yaml',
  );

const valuesOf = (lstm: string, parameter: string, more = '') =>
  spaceOf(lstm, more).models[0]?.axes.find((axis) => axis.parameter === parameter)?.values;

function errorOf(run: () => unknown): SearchSpaceError {
  try {
    run();
  } catch (error) {
    if (error instanceof SearchSpaceError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the shipped search spaces', () => {
  it.each([
    ['quickstart', 4],
    ['sentiment-grid', 8],
    ['compare-models', 18],
  ])('%s has %i configurations', async (name, count) => {
    const space = await readSearchSpace(shipped(name));
    expect(configurationCount(submission(space))).toBe(count);
    expect(JSON.parse(JSON.stringify(space))).toEqual(space);
  });

  it('sentiment-grid is the grid that the benchmarks time', async () => {
    const space = await readSearchSpace(shipped('sentiment-grid'));
    expect(space.cross_validation).toEqual({
      strategy: 'stratified_k_fold',
      n_splits: 3,
      seed: 42,
    });
    const configurations = [...expand(space)];
    for (const { model, parameters } of configurations) {
      expect(model).toBe('lstm');
      expect(parameters).toMatchObject({ epochs: 5, batch_size: 32, embedding_dim: 50 });
      expect(parameters).toMatchObject({ vocabulary_size: 5000, max_tokens: 32, patience: 0 });
    }
    const points = configurations.map(({ parameters: p }) => [p.units, p.learning_rate, p.dropout]);
    expect(points).toEqual([
      [32, 0.001, 0],
      [32, 0.001, 0.3],
      [32, 0.003, 0],
      [32, 0.003, 0.3],
      [64, 0.001, 0],
      [64, 0.001, 0.3],
      [64, 0.003, 0],
      [64, 0.003, 0.3],
    ]);
  });
});

describe('defaults', () => {
  it('fill every field that is left out', () => {
    const space = spaceOf('{}');
    expect(space).toMatchObject({
      dataset: { source: 'uci-sentiment', test_size: 0.2 },
      cross_validation: { strategy: 'stratified_k_fold', n_splits: 3, seed: 42 },
      objective: { metric: 'f1_macro', direction: 'maximize' },
      seed: 42,
      retries: 2,
      registered_model: 'test',
    });
    expect(space.models[0]?.axes.every(({ values }) => values.length === 1)).toBe(true);
  });

  it('minimize loss and give hold_out one split', () => {
    const space = spaceOf('{}', 'objective: { metric: loss }\ncross_validation: { strategy: hold_out }');
    expect(space.objective.direction).toBe('minimize');
    expect(space.cross_validation).toEqual({ strategy: 'hold_out', validation_size: 0.2, seed: 42 });
    expect(submission(space)).toMatchObject({
      folds: 1,
      parameters: { cv: 'hold_out', n_splits: 1, n_repeats: 1, validation_size: 0.2, cv_seed: 42 },
    });
  });

  it('take a local file from the folder of the search space', () => {
    const text = 'name: test\ndataset: { file: data/reviews.tsv }\nmodels: { simple: {} }';
    expect(parseSearchSpace(text, '/spaces/test.yaml').dataset).toEqual({
      source: 'file',
      path: resolve('/spaces/data/reviews.tsv'),
      format: 'tsv',
      columns: { text: 'text', label: 'label' },
      test_size: 0.2,
    });
  });
});

describe('axes', () => {
  it('space a linear range evenly, with exact ends', () => {
    expect(valuesOf('{ dropout: { min: 0, max: 0.6, steps: 3 } }', 'dropout')).toEqual([0, 0.3, 0.6]);
    expect(valuesOf('{ dropout: { min: 0, max: 0.3, steps: 4 } }', 'dropout')).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it('space a log range by equal ratios, in values that print well', () => {
    const range = '{ learning_rate: { min: 0.0001, max: 0.1, steps: 4, scale: log } }';
    expect(valuesOf(range, 'learning_rate')).toEqual([0.0001, 0.001, 0.01, 0.1]);
  });

  it('round ranges of whole numbers', () => {
    const range = '{ units: { min: 16, max: 128, steps: 4, scale: log } }';
    expect(valuesOf(range, 'units')).toEqual([16, 32, 64, 128]);
  });

  it('name a number of steps that does work when integers repeat', () => {
    const range = (steps: number) => `{ units: { min: 1, max: 100, steps: ${steps}, scale: log } }`;
    const { message } = errorOf(() => spaceOf(range(60)));
    const works = Number(/at most (\d+) steps/.exec(message)?.[1]);
    expect(new Set(valuesOf(range(works), 'units')).size).toBe(works);
    expect(() => spaceOf(range(works + 1))).toThrow(SearchSpaceError);
  });

  it('of a kind take precedence over those of training, which go last', () => {
    const space = spaceOf(
      '{ learning_rate: [0.1, 0.2], early_stopping: { patience: 3 } }',
      'training: { epochs: [1, 2], learning_rate: 0.5, early_stopping: { patience: [0, 1] } }',
    );
    const axes = space.models[0]?.axes ?? [];
    expect(axes.slice(0, 2)).toEqual([
      { parameter: 'learning_rate', values: [0.1, 0.2] },
      { parameter: 'patience', values: [3] },
    ]);
    expect(axes.slice(-2)).toEqual([
      { parameter: 'epochs', values: [1, 2] },
      { parameter: 'batch_size', values: [32] },
    ]);
    expect(new Set(axes.map(({ parameter }) => parameter)).size).toBe(axes.length);
  });

  it('may stand under training for all kinds, also what a kind reads of a text', () => {
    const training =
      'training: { vocabulary_size: 300, max_tokens: [8, 16], embedding_dim: { min: 4, max: 8, steps: 2 } }';
    const text = `name: a\ndataset: { source: uci-sentiment }\nmodels: { simple: { max_tokens: 4 }, lstm: {} }\n${training}\n`;
    const [simple, lstm] = parseSearchSpace(text, 'a.yaml').models.map(({ axes }) =>
      Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values])),
    );
    expect(simple).toMatchObject({ vocabulary_size: [300], max_tokens: [4], embedding_dim: [4, 8] });
    expect(lstm).toMatchObject({ vocabulary_size: [300], max_tokens: [8, 16], embedding_dim: [4, 8] });
  });

  it('of early stopping name rows of its own to watch, and nothing when they are not written', () => {
    const axes = (kind: string, rest = '') => spaceOf(kind, rest).models[0]!.axes;
    const names = axes('{}').map(({ parameter }) => parameter);
    expect(names).not.toContain('validation_size');
    const written = axes('{}', 'training: { early_stopping: { patience: 2, validation_size: [0.1, 0.2] } }');
    expect(written).toContainEqual({ parameter: 'validation_size', values: [0.1, 0.2] });
    const message = 'sets rows aside for early stopping, which is off (value 0.1); add patience: 2';
    expect(() => axes('{ early_stopping: { validation_size: 0.1 } }')).toThrow(message);
    expect(() => axes('{}', 'training: { early_stopping: { validation_size: 0.1 } }')).toThrow(message);
    axes('{ early_stopping: { validation_size: 0.1 } }', 'training: { early_stopping: { patience: 1 } }');
  });

  it('may be shared by an alias', () => {
    const text =
      'name: a\ndataset: { source: uci-sentiment }\nmodels:\n  simple: { dropout: &rates [0, 0.5] }\n  lstm: { dropout: *rates }\n';
    expect(configurationCount(submission(parseSearchSpace(text, 'a.yaml')))).toBe(4);
  });
});

describe('expansion', () => {
  it('gives the same configuration by index and in sequence, every hash once', async () => {
    const space = await readSearchSpace(shipped('compare-models'));
    const configurations = [...expand(space)];
    expect(configurations.map(({ index }) => index)).toEqual([...configurations.keys()]);
    for (const one of configurations) expect(configurationAt(submission(space), one.index)).toEqual(one);
    expect(new Set(configurations.map(({ hash }) => hash)).size).toBe(configurations.length);
    for (const index of [-1, 18, 0.5, Number.NaN])
      expect(() => configurationAt(submission(space), index)).toThrow(RangeError);
  });

  it('of a million configurations holds none of them', () => {
    const thousand = '{ min: 0, max: 0.9, steps: 1000 }';
    const space = spaceOf(`{ dropout: ${thousand}, input_dropout: ${thousand} }`);
    const grid = submission(space);
    expect(configurationCount(grid)).toBe(1_000_000);
    expect(configurationAt(grid, 999_999).parameters).toMatchObject({ dropout: 0.9, input_dropout: 0.9 });
    const before = process.memoryUsage().heapUsed;
    let largest = 0;
    for (let k = 0; k < 200_000; k++) {
      configurationAt(grid, 5 * k);
      // Garbage comes and goes; if they were kept, this many would take more than 200 MB.
      if (k % 10_000 === 0) largest = Math.max(largest, process.memoryUsage().heapUsed);
    }
    expect(largest - before).toBeLessThan(150e6);
  }, 60_000);

  it('hashes a configuration whatever the order of its parameters', () => {
    const hash = configurationHash('lstm', { units: 32, dropout: 0.5 });
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(configurationHash('lstm', { dropout: 0.5, units: 32 })).toBe(hash);
    expect(configurationHash('simple', { dropout: 0.5, units: 32 })).not.toBe(hash);
    expect(configurationHash('lstm', { dropout: 0.5, units: '32' })).not.toBe(hash);
  });

  it('keeps the name, and with it the seeds, that a configuration had before the tokenizer could be chosen', () => {
    const [first] = expand(
      parseSearchSpace(
        'name: test\ndataset: { source: uci-sentiment }\n' +
          'models: { simple: { embedding_dim: 32, learning_rate: 0.003, epochs: 5 } }\n',
        'test.yaml',
      ),
    );
    expect(first).toMatchObject({ hash: '9cbe81f4e851', parameters: { tokenizer: 'words' } });
    expect(configurationHash('simple', { ...first!.parameters, tokenizer: 'characters' })).not.toBe(
      first!.hash,
    );
  });
});

describe('errors', () => {
  it('are all told, in line order', () => {
    const { issues, message } = errorOf(() => spaceOf('{ units: 0, dropout: 2 }', 'seed: -1\nsed: 3'));
    expect(issues.map(({ line, path }) => [line, path])).toEqual([
      [4, 'models.lstm.units'],
      [4, 'models.lstm.dropout'],
      [5, 'seed'],
      [6, 'sed'],
    ]);
    expect(message.split('\n')).toHaveLength(4);
    expect(message.split('\n')[0]).toBe(
      'test.yaml:4:18: models.lstm.units: is out of range (value 0); give a whole number from 1 to 1024',
    );
  });

  it('stay one line each when a key holds control characters', () => {
    const { message } = errorOf(() => spaceOf('{}', '"a\\nb\\e[31m": 1'));
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it('tell a text nested too deeply from one that is too long', async () => {
    expect(() => parseSearchSpace(`name: ${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'deep.yaml')).toThrow(
      /nested too deeply|more than 16 levels deep/,
    );
    const folder = await mkdtemp(join(tmpdir(), 'space-'));
    const file = join(folder, 'large.yaml');
    await writeFile(file, `# ${'x'.repeat(1024 * 1024)}`);
    await expect(readSearchSpace(file)).rejects.toThrow(`large.yaml: has ${1024 * 1024 + 2} bytes`);
    await expect(readSearchSpace(folder)).rejects.toThrow('is a folder');
    await expect(readSearchSpace(join(folder, 'none.yaml'))).rejects.toThrow('none.yaml: no such file');
    await rm(folder, { recursive: true });
  });

  it('of a file with very many keys come soon, and not all of them', () => {
    const keys = Array.from({ length: 80_000 }, (_, key) => `k${key}: 1`).join('\n');
    const started = performance.now();
    expect(errorOf(() => parseSearchSpace(keys, 'keys.yaml')).issues.length).toBeLessThanOrEqual(50);
    // Under a second on an idle core; without the limit it takes minutes.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('are the only way that damaged files fail', () => {
    // A small fixed generator, so that a failure can be run again.
    let state = 20_261_124;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let accepted = 0;
    for (const name of ['quickstart', 'sentiment-grid', 'compare-models']) {
      const good = readFileSync(shipped(name));
      for (let round = 0; round < 200; round += 1) {
        const bytes = Buffer.from(good);
        for (let change = 0; change <= random(6); change += 1) {
          const punctuation = Buffer.from('{}[]:,-&*!|>%@#"\'\t\n ?0');
          bytes[random(bytes.length)] =
            random(2) === 0 ? punctuation[random(punctuation.length)]! : random(256);
        }
        const text = bytes.subarray(0, random(4) === 0 ? random(bytes.length) : bytes.length).toString();
        try {
          parseSearchSpace(text, 'damaged.yaml');
          accepted += 1;
        } catch (error) {
          if (!(error instanceof SearchSpaceError))
            throw new Error(`failed otherwise on ${text}`, { cause: error });
          expect(error.issues.length).toBeGreaterThan(0);
        }
      }
    }
    // Comments and names may change without harm.
    expect(accepted).toBeGreaterThan(0);
  });
});
