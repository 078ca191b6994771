import { describe } from 'vitest';
import { engineSuite } from './suite.js';

describe('engine tfjs-node', () => {
  engineSuite('tfjs-node');
});
