// Checks @synap/client as its users get it: packed, installed in an empty folder outside the workspace, compiled by the TypeScripts that are
// served, run against a started server, weighed – and broken on purpose, to see that all this would notice. Needs `pnpm build` before.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { judgeTheCheck } from '../packages/client/scripts/check/breaks.mjs';
import { browserBundle } from '../packages/client/scripts/check/browser-bundle.mjs';
import { judgeBudgets, printBudgets } from '../packages/client/scripts/check/budgets.mjs';
import { compareTimes, compile, compilers } from '../packages/client/scripts/check/compilers.mjs';
import { installPackage, readPackage } from '../packages/client/scripts/check/folder.mjs';
import { judgeManifest } from '../packages/client/scripts/check/manifest.mjs';
import { declarationsPerProcedure, judgeAllDeclarations, judgeTypes } from '../packages/client/scripts/check/published.mjs';
import { pnpm, root } from './pnpm.mjs';

const cli = path.join(root, 'apps/server/dist/cli.js');
const account = { SYNAP_EMAIL: 'admin@example.com', SYNAP_PASSWORD: 'a passphrase for the check' };

function pack(room) {
  if (pnpm(['-C', 'packages/client', 'pack', '--pack-destination', room]) !== 0)
    throw new Error('@synap/client cannot be packed.');
  const tarball = readdirSync(room).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`pnpm packed nothing into ${room}.`);
  return path.join(room, tarball);
}

async function startServer(room) {
  const dataDir = path.join(room, 'data');
  mkdirSync(dataDir);
  for (const folder of [room, dataDir]) chmodSync(folder, 0o755); // PostgreSQL, which does not run as root, must get in.
  const env = {
    PORT: '0',
    SYNAP_DATA_DIR: dataDir,
    SYNAP_ADMIN_EMAIL: account.SYNAP_EMAIL,
    SYNAP_ADMIN_PASSWORD: account.SYNAP_PASSWORD,
  };
  const server = spawn(process.execPath, [cli, 'start'], {
    cwd: root,
    env: { ...process.env, ...env, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
  };
  const url = new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const ready = /^Synap is ready: (\S+)/.exec(line)?.[1];
      if (ready) resolve(ready);
    });
    void ended.then((code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
  });
  return { url: await url, stop };
}

async function runPrograms(room, folder) {
  const programs = ['program.ts', 'bindings.ts'];
  compile(compilers[0], folder, programs, { emit: true });
  const server = await startServer(room);
  try {
    return programs.flatMap((program) => {
      const compiled = path.join(folder, 'out', program.replace(/ts$/, 'js'));
      const env = { ...process.env, ...account, SYNAP_URL: server.url };
      const { status } = spawnSync(process.execPath, [compiled], { cwd: folder, env, stdio: 'inherit', timeout: 60_000 });
      return status === 0 ? [] : [`${program} failed against the server.`];
    });
  } finally {
    await server.stop();
  }
}

async function measure(folder, installed) {
  const { procedures, value } = declarationsPerProcedure(installed);
  const times = compilers.flatMap((compiler) => {
    const [client, bindings] = compareTimes(compiler, folder, ['empty.ts', 'program.ts', 'bindings.ts']);
    return [
      { of: 'types of the client', by: compiler.name, value: client.value },
      { of: 'types of the bindings', by: compiler.name, value: bindings.value },
    ];
  });
  return [
    { of: 'declarations', by: `${procedures} procedures`, value },
    { of: 'browser bundle', value: await browserBundle(folder) },
    ...times,
  ];
}

if (!existsSync(cli)) throw new Error('The server is not built: run "pnpm build" first.');
const room = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'synap-client-')));
const folder = path.join(room, 'project');
const faults = [];
/** Says how a part went, and keeps its faults. */
function report(part, found) {
  console.log(`${found.length === 0 ? '✓' : '✗'} ${part}`);
  faults.push(...found);
}

try {
  const installed = installPackage(folder, pack(room));
  const { manifest, files } = readPackage(installed);
  report(`${manifest.name}@${manifest.version} brings and asks what it should`, judgeManifest(manifest, files));
  report('the declarations tell nothing of the server', judgeAllDeclarations(installed));
  for (const compiler of compilers)
    report(`${compiler.name} takes what is right and refuses what is wrong`, judgeTypes(compiler, folder));
  report('the programs run against a server', await runPrograms(room, folder));
  const measured = await measure(folder, installed);
  const budgets = judgeBudgets(measured);
  printBudgets(budgets.rows);
  faults.push(...budgets.faults);
  const state = { folder, installed, compiler: compilers[0], manifest, files, measured };
  // Of a package with faults it cannot be said which one was noticed.
  if (faults.length === 0) report('the check notices what is broken on purpose', judgeTheCheck(state));
} finally {
  rmSync(room, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
