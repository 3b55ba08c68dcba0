import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataFolder } from './data-folder.js';

const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'synap-folder-')));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs `action` as an account that owns nothing in the folder, as far as this one can. */
async function asStranger<T>(action: () => Promise<T>): Promise<T> {
  if (!isRoot) return action();
  process.setegid?.(1);
  process.seteuid?.(1);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe('prepareDataFolder', () => {
  it('makes a folder that others cannot list', async () => {
    const dataDir = path.join(folder, 'deep/data');
    await prepareDataFolder(dataDir);
    expect(statSync(dataDir).mode & 0o067).toBe(0);
  });

  it('gives one instruction if another account owns a subfolder, and changes nothing', async () => {
    mkdirSync(path.join(folder, 'secrets'), { mode: isRoot ? 0o700 : 0 });
    const refused = await asStranger(() =>
      prepareDataFolder(folder).then(() => 'accepted', String),
    );
    expect(refused).toMatch(
      new RegExp(
        `cannot use the data folder ${folder} \\(EACCES.*sudo chown -R \\d+:\\d+ ${folder}\\)`,
      ),
    );
    expect(readdirSync(folder)).toEqual(['secrets']);
  });

  it('ignores files of others, and does not check the database folder', async () => {
    mkdirSync(path.join(folder, 'lost+found'), { mode: isRoot ? 0o700 : 0 });
    symlinkSync('/nowhere', path.join(folder, 'postgres'));
    await asStranger(() => prepareDataFolder(folder));
  });

  it('says that a link leads nowhere', async () => {
    symlinkSync('/nowhere/data', path.join(folder, 'data'));
    await expect(prepareDataFolder(path.join(folder, 'data'))).rejects.toThrow(
      'is a dangling link',
    );
  });
});
