/** The head of a classification checkpoint: a layer with tanh on the first token's vector, and one score a class. */
import type { EncoderConfig } from './config.js';
import { openWeights } from './folder.js';
import type { LinearWeights } from './weights.js';

export interface ClassificationHead {
  /** `[hidden, hidden]` */
  readonly inner: LinearWeights;
  /** `[classes, hidden]`, in the order asked for. */
  readonly output: LinearWeights;
}

/** Names of the two layers, as `BertForSequenceClassification` and `RobertaForSequenceClassification` have them. */
const NAMES = [
  ['bert.pooler.dense', 'classifier'],
  ['classifier.dense', 'classifier.out_proj'],
] as const;

/**
 * @param classes - In the order that scores are wanted in.
 * @returns undefined when the checkpoint has no head, or one of other classes.
 * @throws CheckpointError when the head is not as its configuration says
 */
export function readHead(
  folder: string,
  { hidden, labels }: EncoderConfig,
  classes: readonly string[],
): ClassificationHead | undefined {
  if (labels?.length !== classes.length) return undefined;
  const places = classes.map((name) => labels.indexOf(name));
  if (places.includes(-1)) return undefined;
  const file = openWeights(folder);
  try {
    const names = NAMES.find((pair) => pair.every((name) => file.has(`${name}.weight`)));
    if (names === undefined) return undefined;
    const [inner, output] = names;
    const weight = file.read(`${output}.weight`, [classes.length, hidden]);
    const bias = file.read(`${output}.bias`, [classes.length]);
    return {
      inner: {
        weight: file.read(`${inner}.weight`, [hidden, hidden]),
        bias: file.read(`${inner}.bias`, [hidden]),
      },
      output: {
        weight: Float32Array.from(
          places.flatMap((place) => Array.from(weight.subarray(place * hidden, (place + 1) * hidden))),
        ),
        bias: Float32Array.from(places, (place) => bias[place]!),
      },
    };
  } finally {
    file.close();
  }
}
