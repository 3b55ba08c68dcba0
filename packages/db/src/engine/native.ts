import { spawn } from 'node:child_process';
import type { Target } from './target.js';

/** Replaces the address in the arguments, if there is one, by the real address. */
async function withAddress(args: string[], target: Target): Promise<string[]> {
  if (!args.includes('--datasource')) return args;
  const url = await target.url();
  return args.map((arg, index) =>
    args[index - 1] === '--datasource' ? JSON.stringify({ ...JSON.parse(arg), url }) : arg,
  );
}

/**
 * Runs the operator's schema engine on the embedded database, and keeps the database running
 * meanwhile. Returns the engine's exit code.
 */
export async function runNativeEngine(
  program: string,
  target: Target,
  onSignal: (leave: () => Promise<void>) => void,
): Promise<number> {
  const args = await withAddress(process.argv.slice(2), target);
  // If this variable names our launcher, it must not call itself.
  const { SYNAP_NATIVE_SCHEMA_ENGINE: _, ...env } = process.env;
  const child = spawn(program, args, { stdio: 'inherit', env });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  onSignal(async () => {
    child.kill('SIGTERM');
    await ended;
    await target.release();
  });
  return ended.finally(() => target.release());
}
