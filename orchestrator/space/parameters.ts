/** The model kinds' parameters as the schema wants them; reading them loads no training engine. */
import { MODEL_KINDS, modelParameters, TRAINING_PARAMETERS } from '../../worker/models/index.js';
import type { ParameterTable } from './types.js';

export const PARAMETERS: ParameterTable = {
  kinds: Object.fromEntries(
    Object.values(MODEL_KINDS).map((kind) => [
      kind.name,
      { description: kind.description, parameters: modelParameters(kind) },
    ]),
  ),
  training: TRAINING_PARAMETERS,
};
