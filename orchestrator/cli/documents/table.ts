/** Every document that a command prints with `--json`. One line adds one; `docs/json/` holds a JSON Schema of each. */
import type { z } from 'zod';
import { errorDocument } from './error.js';
import { gcDocument } from './gc.js';
import {
  championDocument,
  compareDocument,
  modelsDocument,
  predictDocument,
  predictSeveralDocument,
} from './models.js';
import { planDocument } from './plan.js';
import {
  cancelDocument,
  extendDocument,
  pauseDocument,
  priorityDocument,
  resumeDocument,
  retryDocument,
  runDocument,
  showChildDocument,
  showDocument,
  showFoldDocument,
  statusDocument,
  statusListDocument,
  stopDocument,
  submitDocument,
  watchDocument,
} from './search.js';
import {
  exportDocument,
  reportDocument,
  reviewDocument,
  serveDocument,
  upDocument,
  upEventDocument,
  workerDocument,
} from './services.js';

import { workersDocument, workersDrainDocument } from './workers.js';

export const DOCUMENTS = {
  run: { command: '`run`, `resume`', schema: runDocument },
  plan: { command: '`plan`', schema: planDocument },
  submit: { command: '`submit`', schema: submitDocument },
  extend: { command: '`extend`', schema: extendDocument },
  retry: { command: '`retry`', schema: retryDocument },
  cancel: { command: '`cancel`', schema: cancelDocument },
  stop: { command: '`stop`', schema: stopDocument },
  pause: { command: '`pause`', schema: pauseDocument },
  resume: { command: '`resume` of a paused search that others carry out', schema: resumeDocument },
  priority: { command: '`priority`', schema: priorityDocument },
  status: { command: '`status SEARCH`', schema: statusDocument },
  'status-list': { command: '`status`', schema: statusListDocument },
  watch: { command: '`watch`, each line', schema: watchDocument },
  show: { command: '`show SEARCH`', schema: showDocument },
  'show-child': { command: '`show CHILD`', schema: showChildDocument },
  'show-fold': { command: '`show FOLD`', schema: showFoldDocument },
  models: { command: '`models list`', schema: modelsDocument },
  'models-compare': { command: '`models compare`', schema: compareDocument },
  'models-champion': { command: '`models promote`, `models rollback`', schema: championDocument },
  predict: { command: '`predict MODEL`', schema: predictDocument },
  'predict-several': { command: '`predict MODEL MODEL…`', schema: predictSeveralDocument },
  up: { command: '`up`, the first line', schema: upDocument },
  'up-event': { command: '`up`, further lines', schema: upEventDocument },
  workers: { command: '`workers`', schema: workersDocument },
  'workers-drain': { command: '`workers drain`', schema: workersDrainDocument },
  worker: { command: '`worker`, each line', schema: workerDocument },
  review: { command: '`review`', schema: reviewDocument },
  report: { command: '`report`', schema: reportDocument },
  export: { command: '`export`', schema: exportDocument },
  gc: { command: '`gc`', schema: gcDocument },
  serve: { command: '`serve`', schema: serveDocument },
  error: { command: 'any command that fails', schema: errorDocument },
} as const satisfies Record<string, { command: string; schema: z.ZodType }>;

export type DocumentName = keyof typeof DOCUMENTS;
export type DocumentOf<Name extends DocumentName> = z.output<(typeof DOCUMENTS)[Name]['schema']>;
