import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Workspace packages are tested from their sources, by the tests (ssr) and by the global setup
  // (vitest's own environment). 'import' must not be added here: it breaks the loading of `pg`.
  ssr: { resolve: { conditions: ['@synap/source'] } },
  environments: { __vitest__: { resolve: { conditions: ['@synap/source'] } } },
  test: {
    include: [
      'packages/**/src/**/*.test.ts',
      'apps/server/src/**/*.test.ts',
      'apps/server/test/**/*.e2e.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    pool: 'forks',
    fileParallelism: true,
    // Many files mostly wait, for processes they start; the default leaves one core idle.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'html'],
      include: ['packages/**/src/**/*.ts', 'apps/server/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/generated/**'],
    },
  },
});
