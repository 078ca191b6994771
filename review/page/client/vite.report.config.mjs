/** Builds the report's script and style sheet, which `review/report` puts into each file: the page without network, address and changes. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What needs a server or an address, and what stands for it in a file. */
const STAND_INS = new Map(
  [
    'address.ts',
    'load.ts',
    'live.ts',
    'parts/confirmed.tsx',
    'parts/files.tsx',
    'parts/run-curves.tsx',
    'parts/again.tsx',
  ].map((path) => [here(path), here(`report/${path.replace('parts/', '')}`)]),
);

export default defineConfig({
  root: here('.'),
  logLevel: 'warn',
  plugins: [
    {
      name: 'stand-ins',
      enforce: 'pre',
      async resolveId(source, importer) {
        const found = await this.resolve(source, importer, { skipSelf: true });
        return (found && STAND_INS.get(found.id)) ?? found;
      },
    },
  ],
  build: {
    outDir: here('../../../dist/review/report/client'),
    emptyOutDir: true,
    target: 'es2022',
    lib: {
      entry: here('report/main.tsx'),
      formats: ['iife'],
      name: 'report',
      fileName: () => 'report.js',
      cssFileName: 'report',
    },
    license: { fileName: 'licenses.md' },
  },
});
