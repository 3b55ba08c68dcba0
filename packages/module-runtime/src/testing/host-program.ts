/**
 * Server program that the test kills: it starts a workbench, keeps it busy in several ways, and
 * prints the pids of the processes.
 */
import { startFixtures } from './fixtures.js';

const keepBusy = process.argv[2] ?? 'patient';
const { registry } = await startFixtures(['synap-module-workbench']);
const load = (widgetId: string) =>
  registry.load({ moduleId: 'workbench', widgetId, params: {}, deadlineMs: 60_000 });
const { data } = await load('offspring');
console.log(JSON.stringify(data));
await load(keepBusy);
