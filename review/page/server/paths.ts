/** Where the page is: what of an address belongs to it, and what is left to MLflow's API. */

/** Beneath it is the page's JSON. */
export const API = '/api/gridsearch/v1';

/** Addresses of views. */
export const VIEWS = [
  '/',
  '/searches',
  '/searches/:id',
  '/runs/:id',
  '/compare',
  '/models',
  '/models/:name/:version',
  '/submit',
  '/workers',
] as const;

/** What can be done with a search; see `controls.ts`. */
export const CONTROLS = ['pause', 'resume', 'priority', 'stop', 'cancel'] as const;

/** Where something is changed, by `POST`. */
export const CHANGES = [
  `${API}/searches`,
  `${API}/searches/check`,
  `${API}/searches/plan`,
  ...CONTROLS.map((control) => `${API}/searches/:id/${control}`),
  `${API}/workers/drain`,
  `${API}/models/:name/promote`,
  `${API}/models/:name/rollback`,
  `${API}/models/:name/predict`,
] as const;

/** All that the page answers. */
export const PATHS = [...VIEWS, '/assets/:name', `${API}/*`] as const;
