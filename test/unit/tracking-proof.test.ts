import { afterEach, expect, test, vi } from 'vitest';
import { mlflowEnvironment } from '../../tracking/proof/real-server.js';

afterEach(() => vi.unstubAllEnvs());

test('a missing MLflow skips the proofs, but fails them in CI', () => {
  vi.stubEnv('MLFLOW_VENV', '/nowhere');
  vi.stubEnv('CI', '');
  expect(mlflowEnvironment()).toBeUndefined();
  vi.stubEnv('CI', 'true');
  expect(mlflowEnvironment).toThrow(/CI is set, but no mlflow here: run 'sh setup\/mlflow\.sh'/);
});
