// Redocly's CLI as the checks use it: without telemetry and without asking for newer versions.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './pnpm.mjs';

const cli = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js');
const config = `--config=${path.join(root, 'redocly.yaml')}`;
const quiet = {
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_NOTIFICATIONS: 'true',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
};

/**
 * Its answer as JSON; undefined where it found nothing to tell. Throws with what it wrote when it
 * did not get that far.
 */
export function redocly(...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args, '--format=json', config],
    {
      encoding: 'utf8',
      maxBuffer: 64e6,
      env: { ...process.env, ...quiet },
    },
  );
  if (status === 0 && stdout.trim() === '') return undefined;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`redocly ${args.join(' ')} gave no answer:\n${stderr || stdout}`);
  }
}
