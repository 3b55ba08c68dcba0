// Uses the fetch client of Orval, which is generated into `./generated/` before this is compiled.
import { argv, env } from 'node:process';
import { configure } from './fetcher.js';
import {
  authLogin,
  type Dashboard,
  dashboardsCreate,
  dashboardsGet,
  dashboardsRemove,
  dashboardsSave,
  modulesList,
  widgetsQuery,
} from './generated/synap.js';

const [, , baseUrl = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;
configure({ baseUrl });

const tokens = await authLogin({ email, password });
if (tokens.status !== 200) throw new Error(tokens.data.detail);
configure({ accessToken: tokens.data.accessToken });

const modules = await modulesList({ size: 50 });
if (modules.status !== 200) throw new Error(modules.data.detail);
const widgets = [
  { moduleId: 'git', widgetId: 'commits', x: 0, y: 0, w: 4, h: 2, params: { limit: 5 } },
];
const created = await dashboardsCreate({ name: 'Made abroad', widgets });
if (created.status !== 201) throw new Error(created.data.detail);
const dashboard: Dashboard = created.data;
// By POST: the client writes an object in a query as `[object Object]`.
const read = await widgetsQuery('git', 'commits', { params: { limit: 2 } });
if (read.status !== 200) throw new Error(read.data.detail);
const { commits } = read.data.data as { commits: unknown[] };
const changes = { name: 'Saved abroad', widgets: dashboard.widgets };
const saved = await dashboardsSave(dashboard.id, changes, {
  headers: { 'If-Match': `"${dashboard.version}"` },
});
if (saved.status !== 200) throw new Error(saved.data.detail);
const removed = await dashboardsRemove(dashboard.id);
if (removed.status !== 204) throw new Error(removed.data.detail);
const absent = await dashboardsGet(dashboard.id);

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
dashboard.name satisfies number;
console.log(
  JSON.stringify({
    modules: modules.data.items.map(({ id }) => id),
    created: dashboard.name,
    rows: commits.length,
    saved: saved.data.name,
    version: saved.data.version,
    absent: absent.status === 404 ? absent.data.code : absent.status,
  }),
);
