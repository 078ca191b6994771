/** Random search (Bergstra and Bengio, 2012, https://jmlr.org/papers/v13/bergstra12a.html): every point by itself. */
import { randomStream } from '../../../learning/random/index.js';
import { drawing } from './points.js';

export const random = drawing(function* points(dimensions, seed): Generator<number[], never> {
  const stream = randomStream(seed, 'strategy');
  for (;;) yield Array.from({ length: dimensions }, () => stream.uniform());
});
