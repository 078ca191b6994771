/** Builds the review page: one document, one script, one style sheet. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('../../../dist/review/page/client', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The page's Content-Security-Policy takes no scripts but files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What is bundled keeps its licences beside it.
    license: { fileName: 'licenses.md' },
  },
});
