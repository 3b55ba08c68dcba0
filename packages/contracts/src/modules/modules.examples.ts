import type { Module, ModuleRun } from './modules.schemas.js';

export const run: ModuleRun = {
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
export const queuedRun: ModuleRun = {
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
export const git: Module = {
  id: 'git',
  name: 'Git',
  version: '0.1.0',
  status: 'ready',
  widgets: ['commits', 'authors', 'activity', 'repositories'],
  lastRun: run,
};
export const feed: Module = {
  id: 'feed',
  name: 'feed',
  version: '1.4.0',
  status: 'failed',
  widgets: [],
  error: 'It was made for SDK 2; this server runs modules of SDK 1',
};

export const noModule = { code: 'not_found', detail: 'No module "got" is installed' };
export const noRun = { code: 'not_found', detail: 'Run not found' };
export const closed = {
  code: 'forbidden',
  detail:
    'The operator has not opened the module "git" to you: SYNAP_GIT_ACCESS says who may read it.',
};
export const nothingToDo = {
  code: 'conflict',
  detail:
    'The module "clock" has nothing to synchronise: its widgets load their data by themselves.',
};
