/** The contract of a model kind. Importing a kind must not load TensorFlow: `orchestrator/space` reads these too. */
import type { LayersModel } from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { ParameterValue } from '../../queue/spec.js';
import type { Engine } from '../engine/types.js';

/** What a model is built for. */
export interface ModelShape {
  /** Rows of the embedding: the vocabulary's words plus padding and unknown. */
  readonly vocabularySize: number;
  readonly classes: number;
  /** Seed of initial weights and dropout. */
  readonly seed: number;
}

export interface ModelKind {
  readonly name: string;
  /** One sentence for `--help` and the schema's documentation. */
  readonly description: string;
  /** Every parameter: its zod type with range, default and `.describe()`. Flat; numbers, booleans and strings only. */
  readonly parameters: z.ZodObject;
  /** Builds the model. Output: `[batch, 1]` sigmoid for two classes, `[batch, classes]` softmax for more. */
  build(engine: Engine, shape: ModelShape, parameters: Readonly<Record<string, ParameterValue>>): LayersModel;
}
