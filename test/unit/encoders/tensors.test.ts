import { describe } from 'vitest';
import { encoderSuite } from './suite.js';

describe("encoders by TensorFlow's kernels", () => encoderSuite('tfjs-node', 'off'));
