import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBench } from './bench.js';
import { createGenerator } from './load/generators.js';
import { rounded } from './load/statistics.js';
import { type Options, readOptions, UsageError, usage } from './options.js';
import { type Cleanup, closeOnSignal, createCleanup } from './process/cleanup.js';
import { measureMachineLoad } from './process/machine-load.js';
import { createRunFolder, removeRunFolder } from './process/run-folder.js';
import { createHistory, describeMachine, type Entry } from './report/history.js';
import { printHistory, printRatios } from './report/print.js';
import { runLoads } from './run-loads.js';
import { runStudies } from './run-studies.js';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Share of the cores above which other programs distort the figures. */
const busyLoad = 0.1;
const advice = 'trust "by CPU" more than "ratio", or end them and repeat the run.';

/** Runs the scenarios and records the figures, except those of a smoke test. */
async function run(options: Options, cleanup: Cleanup, signal: AbortSignal): Promise<void> {
  const { mode, size, effort } = options;
  const folder = await createRunFolder();
  cleanup.add(() => removeRunFolder(folder));
  const machine = describeMachine(root);
  const generator = createGenerator(folder, cleanup);
  console.log(`${mode} · ${machine.cpu}, ${machine.cores} cores · Node ${machine.node}`);
  if (generator.name === 'autocannon')
    console.log(
      'Load from autocannon, which can be the limit itself: install wrk for fair ratios.',
    );
  const machineLoad = rounded(await measureMachineLoad());
  if (machineLoad > busyLoad && mode !== 'smoke')
    console.log(`Other programs use ${Math.round(machineLoad * 100)} % of the cores: ${advice}`);
  const bench = await createBench({ folder, size, cleanup });
  const comparisons = await runLoads(bench, generator, options, signal);
  const studies = await runStudies(bench, options);
  if (mode === 'smoke') return console.log('All responses are as expected.');
  const entry: Entry = {
    ...machine,
    date: new Date().toISOString(),
    mode,
    generator: generator.name,
    machineLoad,
    rounds: effort.rounds,
    seconds: effort.seconds,
    comparisons,
    ...studies,
  };
  printRatios(comparisons);
  const history = createHistory(root);
  if (options.compare) await printHistory(history, entry);
  await history.append(entry);
}

const cleanup = createCleanup();
const interruption = closeOnSignal(cleanup);
try {
  await run(readOptions(process.argv.slice(2)), cleanup, interruption);
} catch (error) {
  // Ctrl-C ends the servers, so requests in flight fail.
  if (!interruption.aborted) {
    console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error);
    process.exitCode = 1;
  }
} finally {
  await cleanup.close();
}
