/** The review page's server: at the address of the embedded tracking server, or beside a real MLflow server at one of its own. */

export { openPage, type Page } from './open-page.js';
export { pageFront } from './page-front.js';
