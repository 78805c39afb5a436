import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const LOCALE_FILE =
  /[\\/]react-aria[\w-]*[\\/].*[\\/]intl[\\/].*?([a-z]{2}-[A-Z]{2})\.\w+$|[\\/]([a-z]{2}-[A-Z]{2})\.m?js$/;

/** The console speaks English; React Aria carries its words in thirty languages. */
function oneLocale(): Plugin {
  return {
    name: 'one-locale',
    enforce: 'pre',
    load(id) {
      if (!id.includes('react-aria') && !id.includes('react-stately')) return null;
      const locale = LOCALE_FILE.exec(id.split('?')[0] ?? '');
      const name = locale?.[1] ?? locale?.[2];
      return name === undefined || name === 'en-US' ? null : 'export default {}';
    },
  };
}

export default defineConfig({
  plugins: [oneLocale(), react()],
  resolve: {
    alias: {
      // The contract's schemas without what makes a document of them.
      '@hono/zod-openapi': fileURLToPath(new URL('./src/lib/zod-only.ts', import.meta.url)),
    },
  },
  build: {
    target: ['chrome125', 'firefox125', 'safari18'],
    // The content policy allows no inlined fonts, and a hashed file is cached for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      output: {
        // What changes only with a dependency stays in the browser's cache.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'schemas', test: /node_modules[\\/]zod[\\/]|console[\\/]contract[\\/]/ },
            { name: 'data', test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
});
