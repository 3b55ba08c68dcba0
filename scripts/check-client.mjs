// Checks @synap/client as its users get it: packed, installed in an empty folder outside the workspace, compiled by the TypeScripts that are
// served, run against a started server, weighed – and broken on purpose, to see that all this would notice. Needs `pnpm build` before.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { judgeTheCheck } from '../packages/client/scripts/check/breaks.mjs';
import { browserBundle } from '../packages/client/scripts/check/browser-bundle.mjs';
import { judgeBudgets, printBudgets } from '../packages/client/scripts/check/budgets.mjs';
import { compareTimes, compile, compilers } from '../packages/client/scripts/check/compilers.mjs';
import { installPackage, readPackage } from '../packages/client/scripts/check/folder.mjs';
import { judgeManifest } from '../packages/client/scripts/check/manifest.mjs';
import { declarationsPerProcedure, judgeAllDeclarations, judgeTypes } from '../packages/client/scripts/check/published.mjs';
import { pnpm } from './pnpm.mjs';
import { account, requireBuild, startServer } from './start-server.mjs';

function pack(room) {
  if (pnpm(['-C', 'packages/client', 'pack', '--pack-destination', room]) !== 0)
    throw new Error('@synap/client cannot be packed.');
  const tarball = readdirSync(room).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`pnpm packed nothing into ${room}.`);
  return path.join(room, tarball);
}

async function runPrograms(room, folder) {
  const programs = ['program.ts', 'bindings.ts'];
  compile(compilers[0], folder, programs, { emit: true });
  const server = await startServer(room);
  try {
    return programs.flatMap((program) => {
      const compiled = path.join(folder, 'out', program.replace(/ts$/, 'js'));
      const env = { ...process.env, SYNAP_URL: server.url, SYNAP_EMAIL: account.email, SYNAP_PASSWORD: account.password };
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

requireBuild();
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
