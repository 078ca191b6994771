import { describe } from 'vitest';
import { encoderSuite } from './suite.js';
import { useLiteSuite } from './use-lite.js';

describe('encoders on tfjs-node', () => {
  encoderSuite('tfjs-node');
  describe('use-lite', () => useLiteSuite('tfjs-node'));
});
