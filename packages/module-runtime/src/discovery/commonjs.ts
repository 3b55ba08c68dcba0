import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { installedAt } from './installed.js';

const shared = /\brequire\(\s{0,10}["'`](@synap\/module-sdk|zod)["'`]/;

/**
 * Checks a CommonJS entry for packages that the server provides only to ES modules. Undefined for
 * an ES module, and for CommonJS that bundles them.
 */
export async function commonJsFaultOf(entry: string): Promise<string | undefined> {
  const missing = shared.exec(await readFile(entry, 'utf8').catch(() => ''))?.[1];
  if (missing === undefined || (await installedAt(dirname(entry), missing)) !== undefined)
    return undefined;
  return (
    `It is a CommonJS module and does not bring ${missing}, which only ES modules get from the server: ` +
    'set "type": "module" in its package.json and use import, or install its dependencies in its folder'
  );
}
