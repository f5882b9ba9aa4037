import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { compress } from './plugins/compress.ts';
import { extractDataUrls } from './plugins/extract-data-urls.ts';

const site = resolve(import.meta.dirname, 'dist/site');

export default defineConfig({
  base: '/console/',
  plugins: [extractDataUrls(), react(), compress(site)],
  build: {
    outDir: site,
    emptyOutDir: true,
    // The content security policy allows no data: URL.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    target: 'es2022',
  },
  server: { proxy: { '^/console/(s/[0-9]+/api|sign-in)': 'http://127.0.0.1:4566' } },
});
