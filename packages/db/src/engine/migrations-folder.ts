import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../thrown.js';
import type { MigrationList } from './wasm.js';

/** Lists the migrations of a folder in the order of application. */
export function migrationNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function content(file: string): { tag: 'ok'; value: string } | { tag: 'error'; value: string } {
  try {
    return { tag: 'ok', value: readFileSync(file, 'utf8') };
  } catch (error) {
    return { tag: 'error', value: messageOf(error) };
  }
}

/** Reads the folder in the engine's format; with `only`, just these migrations. */
export function readMigrations(folder: string, only?: readonly string[]): MigrationList {
  const lockfile = path.join(folder, 'migration_lock.toml');
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames(folder)
      .filter((name) => only?.includes(name) ?? true)
      .map((name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: content(path.join(folder, name, 'migration.sql')),
        },
      })),
  };
}
