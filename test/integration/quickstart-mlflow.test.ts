/** The whole quickstart logged to a real MLflow server and to ours, read back by MLflow's own Python client. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import { mlflowEnvironment, QUIET, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { test } from '../support/test.js';
import { embeddedServer, realServer } from '../support/tracking.js';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const python = mlflowEnvironment();
const oneOfBoth = expect.stringMatching(/^(negative|positive)$/);

describe.skipIf(!python)(
  `quickstart.yaml, read by the Python client${python ? '' : ` (${WHY_SKIPPED})`}`,
  () => {
    test.for([
      ['a real MLflow server', () => realServer(python!.mlflow)],
      ['the embedded server', embeddedServer],
    ] as const)('is whole on %s', { timeout: 180_000 }, async ([, start], { boxWith }) => {
      const server = await start();
      onTestFinished(() => server.close());
      const box = boxWith({ MLFLOW_TRACKING_URI: server.uri });
      const end = await box.run('run', path('../../search-spaces/quickstart.yaml'), '--json');
      expect(end.code, end.stderr).toBe(0);
      const document = JSON.parse(end.stdout);
      expect(document).toMatchObject({
        trackingUri: server.uri,
        folds: { total: 12, finished: 12, failed: 0 },
      });

      const { stdout } = await promisify(execFile)(
        python!.python,
        [
          path('../../tracking/proof/quickstart.py'),
          server.uri,
          document.parentRunId,
          document.registered.name,
        ],
        { env: { ...process.env, ...QUIET } },
      );
      const seen = JSON.parse(stdout.trim().split('\n').at(-1)!);
      // Of three thousand rows; neither part passes for the whole.
      const bothParts = [
        ['eval', 'uci-sentiment', 600],
        ['train', 'uci-sentiment', 2400],
      ];
      expect(seen).toMatchObject({
        experiment: 'quickstart',
        parentStatus: 'FINISHED',
        bestScore: document.best.mean,
        frameBest: document.best.mean,
        inputs: bothParts,
        childInputs: bothParts.slice(1),
        refitInputs: bothParts,
        ranks: [1, 2, 3, 4],
        training: [
          'training_accuracy',
          'training_f1_macro',
          'training_loss',
          'training_roc_auc',
          'training_score',
        ],
        git: true,
        sources: ['quickstart.yaml'],
        loggedModels: [['model', 'READY', true, true]],
        loggedVersions: [{ name: 'quickstart', version: 1 }],
        refitOutputs: [true],
        loadedModel: true,
        loggedPredicts: true,
        modelHistory: [['model', true, ['python_function', 'tfjs']]],
        lineage: ['quickstart/1', 'quickstart/1', 'quickstart/1'],
        statuses: ['FINISHED'],
        children: 4,
        folds: 12,
        refits: 1,
        frameRows: 4,
        cvRows: 4,
        cvBest: String(document.best.mean),
        version: '1',
        versionRun: true,
      });
      // Of any fold: 1 epoch of tfidf, 6 of simple, 3 of lstm.
      expect([1, 3, 6]).toContain(seen.foldCurve.length);
      expect(seen.foldCurve).toEqual(
        seen.foldCurve.map((_: unknown, epoch: number) => [epoch + 1, 'val_f1_macro']),
      );
      expect(seen.artifacts).toEqual([
        'cv_results.csv',
        'dataset.json',
        'evaluation',
        'model',
        'search-space.yaml',
      ]);
      expect(seen.modelFiles).toEqual(expect.arrayContaining(['model/MLmodel', 'model/tfjs']));
      expect(seen.bestParams).toEqual(expect.arrayContaining(['best_C', 'best_model']));
      expect(seen.childTags).toEqual(
        expect.arrayContaining(['mlflow.parentRunId', 'mlflow.runName', 'mlflow.source.name', 'mlflow.user']),
      );
      expect(seen.parentTags).toEqual(
        expect.arrayContaining(['mlflow.runName', 'mlflow.source.name', 'mlflow.source.type', 'mlflow.user']),
      );
      expect(seen.labels).toEqual([oneOfBoth, oneOfBoth]);
    });
  },
);
