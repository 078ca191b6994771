import { describe } from 'vitest';
import { encoderSuite } from './suite.js';

describe('encoders on wasm', () => {
  encoderSuite('wasm');
});
