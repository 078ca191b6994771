import { describe } from 'vitest';
import { encoderSuite } from './suite.js';

describe('encoders on tfjs-node', () => {
  encoderSuite('tfjs-node');
});
