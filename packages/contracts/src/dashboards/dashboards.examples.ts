import type { Dashboard, DashboardSummary } from './dashboards.schemas.js';

export const id = '019aa5c9-0d7a-7e1b-8f26-4c5d9e3b7a10';
export const commits = {
  moduleId: 'git',
  widgetId: 'commits',
  params: { limit: 5 },
  x: 0,
  y: 0,
  w: 6,
  h: 4,
};
export const cpu = { moduleId: 'host', widgetId: 'cpu', params: {}, x: 6, y: 0, w: 3, h: 2 };
export const placed = [
  { id: '019aa5c9-0d7b-7a04-b1c9-6e2f8d5a3c71', ...commits },
  { id: '019aa5c9-0d7b-7f52-9a3e-1d8c7b6e5f40', ...cpu },
];

export const made: Dashboard = {
  id,
  name: 'Work',
  version: 1,
  widgets: placed,
  createdAt: new Date('2026-11-20T17:42:30.415Z'),
  updatedAt: new Date('2026-11-20T17:42:30.415Z'),
};
export const saved: Dashboard = {
  ...made,
  name: 'Work, week 48',
  version: 8,
  updatedAt: new Date('2026-11-23T07:05:12.090Z'),
};
const { widgets, ...rest } = saved;
export const summary: DashboardSummary = { ...rest, widgetCount: widgets.length };

export const absent = { code: 'not_found', detail: 'Dashboard not found' };
export const stale = {
  code: 'stale_version',
  detail:
    'The dashboard is at version 8, the change is based on 7: read it again and repeat the change on what is there now.',
};
export const unsaid = {
  code: 'version_required',
  detail: 'State the version that the change is based on: `version`, or `If-Match` over REST.',
};
export const unplaceable = {
  code: 'bad_request',
  detail: 'Some widgets cannot be placed.',
  errors: [
    {
      pointer: '/widgets/1/widgetId',
      message: 'The module "host" has no widget "gpu"; it has: cpu, memory, disks, load, history',
      code: 'unknown_widget',
    },
  ],
};
