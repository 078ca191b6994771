/** A kind that is trained in steps, with its network's gradients. */
import { modelKind, type SteppedKind } from '../../../learning/models/index.js';

export function steppedKind(name: string): SteppedKind {
  const kind = modelKind(name);
  if ('training' in kind) return kind;
  throw new Error(`${name} is not trained in steps`);
}
