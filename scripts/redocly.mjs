// Runs Redocly's CLI for the checks, without telemetry and update checks.
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
 * Returns the result as JSON; undefined if there are no findings. Throws with the output if the CLI
 * fails.
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
    throw new Error(`redocly ${args.join(' ')} returned no result:\n${stderr || stdout}`);
  }
}
