import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ForeignClient } from './clients.js';

const packageFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const programs = path.join(packageFolder, 'programs');

const compilerOptions = {
  ...{ target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], types: ['node'] },
  ...{ module: 'nodenext', moduleResolution: 'nodenext', rootDir: 'src', outDir: 'dist' },
  ...{ strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
};

/** A folder outside the workspace where a stranger makes a client and uses it. */
export interface Workplace {
  generate(client: ForeignClient, documentUrl: string): Promise<void>;
  compile(compiler: string): Promise<void>;
  /** Runs the compiled program and answers what it printed. */
  run(client: ForeignClient, baseUrl: string, account: { email: string; password: string }): Promise<string>;
  close(): Promise<void>;
}

/** Makes the folder. Each of its steps rejects with what the step wrote when it fails. */
export async function workplaceOf(): Promise<Workplace> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'synap-foreign-'));
  await mkdir(path.join(folder, 'src'));
  await symlink(path.join(packageFolder, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  const installed = (script: string) => path.join('node_modules', script);
  return {
    async generate(client, documentUrl) {
      const { program, settings } = client;
      await copyFile(path.join(programs, program), path.join(folder, 'src', program));
      if (settings !== undefined) await copyFile(path.join(programs, settings), path.join(folder, settings));
      const [script, ...args] = client.generate(documentUrl);
      await runNode(folder, [installed(script), ...args]);
    },
    async compile(compiler) {
      await runNode(folder, [installed(compiler), '--project', '.']);
    },
    run: ({ program }, baseUrl, { email, password }) =>
      runNode(folder, [path.join('dist', program.replace(/ts$/, 'js')), baseUrl], { EMAIL: email, PASSWORD: password }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function runNode(cwd: string, args: string[], variables: Record<string, string> = {}): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: cwd, ...variables };
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
