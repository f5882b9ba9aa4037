import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { compress } from './plugins/compress.ts';
import { extractDataUrls } from './plugins/extract-data-urls.ts';

export default defineConfig({
  base: '/console/',
  plugins: [extractDataUrls(), react(), compress()],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/site'),
    emptyOutDir: true,
    // The content security policy allows no data: URL.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    target: 'es2022',
    // One large file of what most pages need compresses better than many small ones.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'common', test: /node_modules/, minShareCount: 26 }] },
      },
    },
  },
  server: {
    proxy: { '^/(_crossway|console/(s/[0-9]+/api|sign-in|example))': 'http://127.0.0.1:4566' },
  },
});
