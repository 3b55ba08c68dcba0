import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { ProjectOrder } from './vitest.order.ts';

// 'import' must not be added here: it breaks the loading of `pg`.
const conditions = ['@synap/source'];
/** Reads packages from their sources: in tests (ssr) and in vitest's own environment. */
const fromSource = {
  ssr: { resolve: { conditions } },
  environments: { __vitest__: { resolve: { conditions } } },
};
/** Reads packages as they are published. Measuring coverage needs their sources. */
const built = process.argv.includes('--coverage') ? fromSource : {};

const servers = 'apps/server/test/**/*.e2e.test.ts';
/** The same with every version of Node: .ci/run runs them once. */
const tools = ['**/*.browser.e2e.test.ts', '**/documents.e2e.test.ts'];
const units = [
  'packages/**/src/**/*.test.ts',
  'apps/server/src/**/*.test.ts',
  'bench/src/**/*.test.ts',
];
/** Tests of packages that start processes, or load modules several times. */
const processes = 'packages/{db,module-runtime,testing}/src/**/*.test.ts';

type Files = TestProjectInlineConfiguration['test'];

const project = (
  name: string,
  { exclude = [], ...files }: NonNullable<Files>,
  resolution: object = fromSource,
): TestProjectInlineConfiguration => ({
  ...resolution,
  test: {
    name,
    exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
    // A busy machine can delay a process beyond any limit; vitest reports each repetition.
    retry: process.env.CI ? 1 : 0,
    // For a busy machine; longer than the waits in tests, whose messages are better.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...files,
  },
});

/** Tests the server over real sockets, after building it. */
const serverProject = (name: string, files: NonNullable<Files>) =>
  project(
    name,
    {
      globalSetup: ['apps/server/test/global-setup.ts'],
      server: { deps: { external: [/\/packages\/.*\/dist\//] } },
      ...files,
    },
    built,
  );

export default defineConfig({
  ...fromSource,
  test: {
    projects: [
      serverProject('server', { include: [servers], exclude: tools }),
      serverProject('tools', { include: tools }),
      project('processes', { include: [processes] }),
      // Starting a process for each file would take longer than most of them.
      project('units', { include: units, exclude: [processes], isolate: false }),
    ],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    sequence: { sequencer: ProjectOrder },
    pool: 'forks',
    fileParallelism: true,
    // Files often wait: for processes that they start, and for deadlines.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'html'],
      include: ['packages/**/src/**/*.ts', 'apps/server/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/generated/**'],
    },
  },
});
