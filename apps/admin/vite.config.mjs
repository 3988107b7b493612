// The dashboard as static files in dist/admin, which the API serves at /admin. Nothing in them is inline and nothing comes from elsewhere, so that a
// strict content security policy holds.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const library = (name) => fileURLToPath(new URL(`../../libs/${name}/src/index.ts`, import.meta.url));

export default defineConfig({
  root,
  base: '/admin/',
  resolve: { alias: { '#sdk': library('sdk'), '#units': library('units') } },
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: fileURLToPath(new URL('../../dist/admin', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome125', 'firefox126', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700, // kB before compression; a test holds what the first page takes after it
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // "use client" of libraries: nothing here is rendered by a server
  },
  // For work on the page: `npx vite apps/admin` beside a server at port 3000.
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/healthz': 'http://127.0.0.1:3000', '/readyz': 'http://127.0.0.1:3000' } },
});
