import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRunFolder, removeRunFolder } from './run-folder.js';

test('a run removes the folders of killed runs, and no others', async () => {
  const parent = mkdtempSync(path.join(tmpdir(), 'synap-run-folder-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const [killed, running, other] = [`synap-bench-${ended}-a`, `synap-bench-${process.pid}-b`, 'x'];
  for (const name of [killed, running, other])
    mkdirSync(path.join(parent, name, 'data'), { recursive: true });
  const folder = await createRunFolder(parent);
  expect([killed, running, other].map((name) => existsSync(path.join(parent, name)))).toEqual([
    false,
    true,
    true,
  ]);
  await removeRunFolder(folder);
  expect(existsSync(folder)).toBe(false);
});
