import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Builds the static page of the committed document. The caller removes its folder. */
export async function buildStaticPage(): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-page-'));
  const file = path.join(folder, 'api.html');
  await promisify(execFile)(process.execPath, ['scripts/build-api-page.mjs', file], { cwd: root });
  return { folder, file };
}
