/** The architectures that checkpoints may have, by `model_type`: one file and one line each. */
import { bert } from './bert.js';
import { roberta } from './roberta.js';

export const architectures = { bert, roberta };
