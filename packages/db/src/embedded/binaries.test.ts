import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary.test.support.js';
import { runsAsRoot, unprivileged } from './account.js';
import { prepareBinaries } from './binaries.js';
import { type NativePackage, nativePackage } from './native-package.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

const account = runsAsRoot() ? unprivileged : null;

/** Unpacks the package as npm does, without its symbolic links, in a folder with this mode. */
function install(name: string, mode: number): NativePackage {
  const { folder: original, version } = nativePackage();
  const home = path.join(folder, name);
  const copy = path.join(home, 'native');
  mkdirSync(home);
  for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
    cpSync(path.join(original, part), path.join(copy, part), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  for (const entry of readdirSync(path.join(copy, 'lib'), { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(path.join(copy, 'lib', entry.name));
  }
  chmodSync(home, mode);
  return { folder: copy, version };
}

const versionOf = (program: string) =>
  execFileSync(program, ['--version'], { ...account, cwd: '/', encoding: 'utf8' });

describe('prepareBinaries', () => {
  it('uses the package where it is, once its links are made', () => {
    const native = install('open', 0o755);
    const { postgres, initdb, major } = prepareBinaries(path.join(folder, 'base'), account, native);
    expect(postgres).toBe(path.join(native.folder, 'bin/postgres'));
    expect(versionOf(postgres)).toContain(`PostgreSQL) ${major}.`);
    expect(versionOf(initdb)).toContain(`PostgreSQL) ${major}.`);
  });

  it.runIf(runsAsRoot())(
    'makes a copy that PostgreSQL can run from when it cannot reach the package, and keeps one version only',
    () => {
      const native = install('private', 0o700);
      const base = path.join(folder, 'base');
      mkdirSync(path.join(base, 'programs-17.0.0'), { recursive: true });
      chmodSync(base, 0o711);
      const { postgres } = prepareBinaries(base, account, native);
      expect(postgres).toBe(path.join(base, `programs-${native.version}/bin/postgres`));
      expect(versionOf(postgres)).toContain('PostgreSQL) 18.');
      expect(readdirSync(base)).toEqual([`programs-${native.version}`]);
      expect(prepareBinaries(base, account, native).postgres).toBe(postgres);
    },
  );

  it.runIf(!runsAsRoot())(
    'makes a copy when the package is read-only and its links are missing',
    () => {
      const native = install('sealed', 0o755);
      chmodSync(path.join(native.folder, 'lib'), 0o555);
      const base = path.join(folder, 'base');
      mkdirSync(base);
      const { postgres } = prepareBinaries(base, account, native);
      chmodSync(path.join(native.folder, 'lib'), 0o755);
      expect(postgres).toContain(base);
      expect(versionOf(postgres)).toContain('PostgreSQL) 18.');
    },
  );
});
