// Uses the client of Kubb, which is generated into `./generated/` before this is compiled.
import { argv, env } from 'node:process';
import { configure, RequestError } from './client.js';
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
configure({ baseUrl });

const { accessToken } = await authLogin({ data: { email, password } });
configure({ accessToken });

const modules = await modulesList({ params: { size: 50 } });
const widget = { moduleId: 'git', widgetId: 'commits' };
const created: Dashboard = await dashboardsCreate({
  data: {
    name: 'Made abroad',
    widgets: [{ ...widget, x: 0, y: 0, w: 4, h: 2, params: { limit: 5 } }],
  },
});
const read = await widgetsData({ ...widget, params: { widgetParams: { limit: 2 } } });
const { commits } = read.data as { commits: unknown[] };
const { id } = created;
const saved = await dashboardsSave({
  id,
  headers: { 'If-Match': `"${created.version}"` },
  data: { name: 'Saved abroad', widgets: created.widgets },
});
await dashboardsRemove({ id });
const absent = await dashboardsGet({ id }).catch((error: unknown) => error);

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
created.name satisfies number;
console.log(
  JSON.stringify({
    modules: modules.items.map((module) => module.id),
    created: created.name,
    rows: commits.length,
    saved: saved.name,
    version: saved.version,
    absent: absent instanceof RequestError ? absent.problem.code : absent,
  }),
);
