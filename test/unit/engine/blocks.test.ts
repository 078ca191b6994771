import { describe } from 'vitest';
import { engineSuite } from './suite.js';

describe("engine tfjs-node by TensorFlow's kernels", () => {
  engineSuite('tfjs-node', 'off');
});
