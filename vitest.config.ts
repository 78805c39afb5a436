import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{sdk,connectors,console,simulators}/*/test/**/*.test.{ts,tsx}', 'tools/test/**/*.test.ts'],
          setupFiles: 'tests/support/seed.ts',
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/**/*.test.ts'],
          globalSetup: 'tests/support/set-up-once.ts',
          sequence: { groupOrder: 0 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Real processes on two cores: side by side they only time each other out.
          maxWorkers: 3,
        },
      },
    ],
  },
});
