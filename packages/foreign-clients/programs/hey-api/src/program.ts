// Uses the client of @hey-api/openapi-ts, which is generated into `./generated/` before this is
// compiled.
import { argv, env } from 'node:process';
import { client } from './generated/client.gen.js';
import {
  authLogin,
  type Dashboard,
  dashboardsCreate,
  dashboardsGet,
  dashboardsRemove,
  dashboardsSave,
  modulesList,
  widgetsData,
} from './generated/index.js';

const [, , baseUrl = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;
client.setConfig({ baseUrl });

const { data: tokens } = await authLogin({ body: { email, password }, throwOnError: true });
client.setConfig({ auth: tokens.accessToken });

const { data: modules } = await modulesList({ query: { size: 50 }, throwOnError: true });
const widget = { moduleId: 'git', widgetId: 'commits' };
const { data: created } = await dashboardsCreate({
  body: {
    name: 'Made abroad',
    widgets: [{ ...widget, x: 0, y: 0, w: 4, h: 2, params: { limit: 5 } }],
  },
  throwOnError: true,
});
const dashboard: Dashboard = created;
const { data: read } = await widgetsData({
  path: widget,
  query: { widgetParams: { limit: 2 } },
  throwOnError: true,
});
const { commits } = read.data as { commits: unknown[] };
const path = { id: dashboard.id };
const { data: saved } = await dashboardsSave({
  path,
  headers: { 'If-Match': `"${dashboard.version}"` },
  body: { name: 'Saved abroad', widgets: dashboard.widgets },
  throwOnError: true,
});
await dashboardsRemove({ path, throwOnError: true });
const absent = await dashboardsGet({ path });

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
created.name satisfies number;
console.log(
  JSON.stringify({
    modules: modules.items.map(({ id }) => id),
    created: created.name,
    rows: commits.length,
    saved: saved.name,
    version: saved.version,
    absent: absent.error?.code,
  }),
);
