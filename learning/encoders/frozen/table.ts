/** Encoders that can give vectors as they are, by `model_type` in `config.json`; whatever is not named is a Transformer's to judge. */
import type { Engine } from '../../engine/index.js';
import { modelTypeOf } from '../checkpoint/folder.js';
import type { FrozenEncoder, FrozenFacts, FrozenForm } from './frozen.js';
import { transformer } from './transformer.js';
import { USE_LITE, useLite } from './use-lite.js';

const FORMS: Readonly<Record<string, FrozenForm>> = { [USE_LITE]: useLite };

function formOf(folder: string): FrozenForm {
  const modelType = modelTypeOf(folder);
  return Object.hasOwn(FORMS, modelType) ? FORMS[modelType]! : transformer;
}

/** @throws CheckpointError when the configuration is missing, not sound or not supported */
export const frozenFacts = (folder: string): FrozenFacts => formOf(folder).facts(folder);

/** @throws CheckpointError when any file of the checkpoint is missing, not sound, or doesn't fit the others */
export const openFrozen = (engine: Engine, folder: string): FrozenEncoder =>
  formOf(folder).open(engine, folder);
