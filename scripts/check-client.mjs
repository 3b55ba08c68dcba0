// Checks the published @synap/client: packs it, installs it outside the workspace, compiles it with
// all supported TypeScript versions, runs it against a server and checks its budgets. Then breaks
// the package on purpose, to test the checks. Run `pnpm build` first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { judgeTheCheck } from '../packages/client/scripts/check/breaks.mjs';
import { browserBundle } from '../packages/client/scripts/check/browser-bundle.mjs';
import { judgeBudgets, printBudgets } from '../packages/client/scripts/check/budgets.mjs';
import { compareTimes, compile, compilers } from '../packages/client/scripts/check/compilers.mjs';
import { judgeDefinitions } from '../packages/client/scripts/check/definitions.mjs';
import {
  installPackage,
  judgePeersBesideTrpc,
  lowestPeers,
  pinnedPeers,
  readPackage,
} from '../packages/client/scripts/check/folder.mjs';
import { judgeManifest } from '../packages/client/scripts/check/manifest.mjs';
import {
  declarationsPerProcedure,
  judgeAllDeclarations,
  judgeTypes,
} from '../packages/client/scripts/check/published.mjs';
import { pnpm } from './pnpm.mjs';
import { account, requireBuild, startServer } from './start-server.mjs';

function pack(room) {
  if (pnpm(['-C', 'packages/client', 'pack', '--pack-destination', room]) !== 0)
    throw new Error('@synap/client cannot be packed.');
  const tarball = readdirSync(room).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error(`pnpm packed nothing into ${room}.`);
  return path.join(room, tarball);
}

/** Consumer programs that run against a server; the last one is CommonJS. */
const programs = [
  { folder: '.', file: 'program' },
  { folder: '.', file: 'bindings' },
  { folder: 'commonjs', file: 'program' },
];

/** Compiles the programs strictly and runs them. */
function runPrograms(project, { url }) {
  return programs.flatMap(({ folder, file }) => {
    const cwd = path.join(project, folder);
    const name = path.join(folder, `${file}.ts`);
    const { diagnostics } = compile(compilers[0], cwd, [`${file}.ts`], { emit: true });
    if (diagnostics.length > 0)
      return diagnostics.map(({ file: at, line, message }) => `${at}:${line} ${message}`);
    const env = {
      ...process.env,
      SYNAP_URL: url,
      SYNAP_EMAIL: account.email,
      SYNAP_PASSWORD: account.password,
    };
    const { status } = spawnSync(process.execPath, [path.join(cwd, 'out', `${file}.js`)], {
      cwd,
      env,
      stdio: 'inherit',
      timeout: 60_000,
    });
    return status === 0 ? [] : [`${name} failed against the server.`];
  });
}

async function measure(folder, installed) {
  const { procedures, value } = declarationsPerProcedure(installed);
  const times = compilers.flatMap((compiler) => {
    const [client, bindings] = compareTimes(compiler, folder, [
      'empty.ts',
      'program.ts',
      'bindings.ts',
    ]);
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
const server = await startServer(room);
const faults = [];
/** Prints the result of a part, and collects its faults. */
function report(part, found) {
  console.log(`${found.length === 0 ? '✓' : '✗'} ${part}`);
  faults.push(...found);
}

try {
  const tarball = pack(room);
  const installed = installPackage(folder, tarball, pinnedPeers());
  const { manifest, files } = readPackage(installed);
  report(
    `${manifest.name}@${manifest.version} has the expected files, exports and peers`,
    judgeManifest(manifest, files),
  );
  report('the declarations contain no server internals', judgeAllDeclarations(installed));
  for (const compiler of compilers)
    report(
      `${compiler.name} accepts valid and rejects invalid programs`,
      judgeTypes(compiler, folder),
    );
  report('its declarations have documentation and source maps', judgeDefinitions(folder));
  report('the programs run against a server', runPrograms(folder, server));
  const lowest = path.join(room, 'lowest');
  installPackage(lowest, `${server.url}/client.tgz`, lowestPeers());
  report(
    'they compile and run with the package of the server and the oldest peers',
    runPrograms(lowest, server),
  );
  report(
    "its peers are compatible with those of tRPC's bindings",
    judgePeersBesideTrpc(path.join(room, 'beside'), tarball),
  );
  const measured = await measure(folder, installed);
  const budgets = judgeBudgets(measured);
  printBudgets(budgets.rows);
  faults.push(...budgets.faults);
  const state = { folder, installed, compiler: compilers[0], manifest, files, measured };
  // In a faulty package, a detected fault could be another one.
  if (faults.length === 0) report('the check detects deliberate faults', judgeTheCheck(state));
} finally {
  await server.stop();
  rmSync(room, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
