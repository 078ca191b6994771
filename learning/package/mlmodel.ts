/** The texts that make a folder an MLflow model: `MLmodel`, Python's environments, the input example, the README. */
import { parse } from 'node:path/posix';
import { stringify } from 'yaml';
import type { PackageContents } from './contents.js';

/** The newest MLflow that loading and serving were tried with; its format is what is written. */
export const MLFLOW_VERSION = '3.17.2';
const PYTHON_VERSION = '3.11';
const TFJS_VERSION = '4.22.0';

/** Any of these will do: the loader uses nothing that changed between them. MLflow 2.9 can't read the signature's `required`. */
const BASE_REQUIREMENTS = ['mlflow>=2.10,<4', 'numpy>=1.24,<3', 'pandas>=1.5,<4'];

/** Column of class probabilities in the Python flavor's and the scoring server's answers. */
export const probabilityColumn = (className: string): string => `probability_${className}`;

export interface MlmodelFacts {
  readonly uuid: string;
  readonly created: Date;
  /** Bytes of all files but `MLmodel` itself. */
  readonly size: number;
}

/** The `MLmodel` file: flavors `python_function` (NumPy, in `code/`) and `tfjs` (Node, browser). */
export function mlmodelYaml(contents: PackageContents, { uuid, created, size }: MlmodelFacts): string {
  return stringify(
    {
      artifact_path: 'model',
      flavors: {
        python_function: {
          code: 'code',
          env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
          loader_module: 'gridsearch_pyfunc',
          python_version: PYTHON_VERSION,
        },
        tfjs: {
          data: 'tfjs',
          format: 'layers-model',
          tfjs_version: TFJS_VERSION,
          // vocabulary: vocabulary.json
          ...Object.fromEntries(
            Object.keys(contents.features).map((path) => [
              path.replace(parse(path).ext, '').replaceAll('/', '_'),
              path,
            ]),
          ),
          labels: 'labels.json',
        },
      },
      metadata: {
        'gridsearch.model': contents.kind,
        'gridsearch.registered_model': contents.name,
        'gridsearch.dataset.digest': contents.datasetDigest,
        'gridsearch.engine': contents.engine,
        'gridsearch.parameters': { ...contents.parameters },
        'gridsearch.test_metrics': { ...contents.metrics },
        ...(contents.versions ? { 'gridsearch.versions': { ...contents.versions } } : {}),
      },
      mlflow_version: MLFLOW_VERSION,
      model_size_bytes: size,
      model_uuid: uuid,
      run_id: contents.runId,
      saved_input_example_info: {
        artifact_path: 'input_example.json',
        pandas_orient: 'split',
        serving_input_path: 'serving_input_example.json',
        type: 'dataframe',
      },
      signature: {
        // None: with one, MLflow refuses a list of texts, or drops the columns after the first, before the loader sees them. The
        // loader checks what it gets, and the input example shows a form.
        inputs: null,
        outputs: JSON.stringify([
          { type: 'string', name: 'label', required: true },
          ...contents.classes.map((name) => ({
            type: 'double',
            name: probabilityColumn(name),
            required: true,
          })),
        ]),
        params: null,
      },
      // As MLflow writes it: no zone, microseconds.
      utc_time_created: `${created.toISOString().replace('T', ' ').replace('Z', '')}000`,
    },
    // Python's YAML is 1.1, where more strings need quotes: a time, an id that looks like a number.
    { lineWidth: 0, version: '1.1' },
  );
}

/** The small text files, by name. */
export function packageTexts(contents: PackageContents): Record<string, string> {
  const requirements = [...BASE_REQUIREMENTS, ...(contents.needs?.pip ?? [])];
  const example = { columns: ['text'], data: contents.inputExample.map((text) => [text]) };
  return {
    'labels.json': json(contents.classes),
    'input_example.json': json(example),
    'serving_input_example.json': json({ dataframe_split: example }),
    'requirements.txt': `${requirements.join('\n')}\n`,
    'python_env.yaml': stringify({
      python: PYTHON_VERSION,
      build_dependencies: ['pip', 'setuptools', 'wheel'],
      dependencies: ['-r requirements.txt'],
    }),
    'conda.yaml': stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${PYTHON_VERSION}`, 'pip', { pip: requirements }],
    }),
    'package.json': json(
      {
        name: 'gridsearch-model',
        version: '1.0.0',
        description: 'A text classifier trained by gridsearch',
        private: true,
        type: 'module',
        engines: { node: '>=20' },
        exports: './predict.mjs',
        dependencies: { '@tensorflow/tfjs': TFJS_VERSION, ...contents.needs?.npm },
      },
      2,
    ),
    'README.md': readme(contents),
  };
}

const json = (value: unknown, indent?: number): string => `${JSON.stringify(value, null, indent)}\n`;

/** Names come from users: as code they can't become markup. */
const code = (value: string | number | boolean): string => `\`${String(value).replace(/[`|\r\n]/g, ' ')}\``;

function readme({ name, kind, parameters, classes, metrics, runId, datasetDigest }: PackageContents): string {
  const table = (rows: readonly (readonly [string, string | number | boolean])[]) =>
    ['| | |', '| --- | --- |', ...rows.map(([key, value]) => `| ${code(key)} | ${code(value)} |`)].join('\n');
  const measured = Object.entries(metrics).map(([key, value]) => [key, value ?? 'undefined'] as const);
  return `# ${code(name)}

A text classifier (kind ${code(kind)}) with the classes ${classes.slice(0, 20).map(code).join(', ')}${classes.length > 20 ? ' …' : ''}.
Run ${code(runId)}, dataset digest ${code(datasetDigest)}.

## Predict

| With | How |
| --- | --- |
| Python | \`mlflow.pyfunc.load_model(folder).predict(["A text"])\`, or a Series, a DataFrame with a column \`text\`, a dict \`{"text": [...]}\` |
| HTTP | \`mlflow models serve -m folder --env-manager local\`, then POST \`serving_input_example.json\` to \`/invocations\` |
| Node | \`npm install && node predict.mjs "A text"\` |
| Browser | \`tf.loadLayersModel\` on \`tfjs/model.json\`; tokenize as \`predict.mjs\` does |

An answer has one row for each text: \`label\`, and \`probability_<class>\` for each class. Python needs NumPy, pandas and
MLflow (\`requirements.txt\`), no TensorFlow.

## Test metrics

${table(measured)}

## Parameters

${table(Object.entries(parameters))}
`;
}
