import { describe } from 'vitest';
import { encoderSuite } from './suite.js';
import { useLiteSuite } from './use-lite.js';

describe('encoders on wasm', () => {
  encoderSuite('wasm');
  describe('use-lite', () => useLiteSuite('wasm'));
});
