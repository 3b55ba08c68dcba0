import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function build(): void {
  const program = path.join(root, 'scripts/check-types.mjs');
  const { status } = spawnSync(process.execPath, [program], { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    throw new Error('The server is not built: fix the types that the messages above name.');
}

/**
 * vitest's globalSetup: builds the packages and the server, which these tests use as they are
 * published. Takes a second if nothing has changed.
 */
export function setup(project: TestProject): void {
  build();
  project.onTestsRerun(async () => build());
}
