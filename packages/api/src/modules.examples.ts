import { type Module, type ModuleRun, modules } from '@synap/contracts';
import { exampleOf } from './example.js';

const run: ModuleRun = {
  id: '019aa5d2-71c8-7b3e-a5f0-8e4d2c6b9a17',
  moduleId: 'git',
  status: 'succeeded',
  trigger: 'schedule',
  progress: { done: 3, total: 3 },
  events: 12,
  error: null,
  createdAt: new Date('2026-11-23T07:00:00.012Z'),
  startedAt: new Date('2026-11-23T07:00:00.041Z'),
  finishedAt: new Date('2026-11-23T07:00:02.377Z'),
};
const queuedRun: ModuleRun = {
  ...run,
  id: '019aa5d6-20a4-7d19-8c3b-5f7e1a9d4b62',
  status: 'running',
  trigger: 'manual',
  progress: { done: 1, total: 3 },
  events: 4,
  createdAt: new Date('2026-11-23T07:04:01.188Z'),
  startedAt: new Date('2026-11-23T07:04:01.203Z'),
  finishedAt: null,
};
const git: Module = {
  id: 'git',
  name: 'Git',
  version: '0.1.0',
  status: 'ready',
  widgets: ['commits', 'authors', 'activity', 'repositories'],
  lastRun: run,
};
const feed: Module = {
  id: 'feed',
  name: 'feed',
  version: '1.4.0',
  status: 'failed',
  widgets: [],
  error: 'It was made for SDK 2; this server runs modules of SDK 1',
};

const noModule = { code: 'not_found', detail: 'No module "got" is installed' };
const noRun = { code: 'not_found', detail: 'Run not found' };
const closed = {
  code: 'forbidden',
  detail:
    'The operator has not opened the module "git" to you: SYNAP_GIT_ACCESS says who may read it.',
};
const nothingToDo = {
  code: 'conflict',
  detail:
    'The module "clock" has nothing to synchronise: its widgets load their data by themselves.',
};

export const modulesExamples = {
  list: exampleOf(modules.list, {
    input: { size: 20 },
    output: { items: [feed, git], nextCursor: null },
  }),
  get: exampleOf(modules.get, { input: { id: 'git' }, output: git, problems: { 404: noModule } }),
  sync: exampleOf(modules.sync, {
    input: { id: 'git' },
    output: { runId: queuedRun.id },
    problems: { 403: closed, 404: noModule, 409: nothingToDo },
  }),
  runs: exampleOf(modules.runs, {
    input: { id: 'git', size: 2 },
    output: {
      items: [queuedRun, run],
      nextCursor: 'MDE5YWE1ZDItNzFjOC03YjNlLWE1ZjAtOGU0ZDJjNmI5YTE3',
    },
    problems: { 403: closed, 404: noModule },
  }),
  run: exampleOf(modules.run, {
    input: { id: 'git', runId: queuedRun.id },
    output: queuedRun,
    problems: { 403: closed, 404: noRun },
  }),
};
