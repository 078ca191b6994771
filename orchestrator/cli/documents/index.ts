/** The documents of `--json`: one zod schema each, published as JSON Schema. */
export { documentFiles } from './publish.js';
export { DOCUMENTS, type DocumentName, type DocumentOf } from './table.js';
