/** The order to open the page at the embedded tracking server; plain data, as it goes to another thread. */
import type { FrontModule } from '../../../orchestrator/app/index.js';
import { CHANGES, PATHS } from './paths.js';

export const pageFront: FrontModule = {
  module: new URL('./front.js', import.meta.url).href,
  paths: PATHS,
  changes: CHANGES,
};
