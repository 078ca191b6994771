import { describe } from 'vitest';
import { engineSuite } from './suite.js';

describe('engine wasm', () => {
  engineSuite('wasm');
});
