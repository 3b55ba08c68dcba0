// Uses the client of openapi-generator (typescript-fetch), which is generated into `./generated/`
// before this is compiled.
import { argv, env } from 'node:process';
import {
  AuthApi,
  Configuration,
  type Dashboard,
  DashboardsApi,
  ModulesApi,
  ProblemFromJSON,
  ResponseError,
  WidgetsApi,
} from './generated/index.js';

const [, , basePath = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;

const login = await new AuthApi(new Configuration({ basePath })).authLogin({
  authLoginRequest: { email, password },
});
const configuration = new Configuration({ basePath, accessToken: login.accessToken });
const dashboards = new DashboardsApi(configuration);

const modules = await new ModulesApi(configuration).modulesList({ size: 50 });
const widget = { moduleId: 'git', widgetId: 'commits' };
const widgets = [{ ...widget, x: 0, y: 0, w: 4, h: 2, params: { limit: 5 } }];
const created: Dashboard = await dashboards.dashboardsCreate({
  dashboardsCreateRequest: { name: 'Made abroad', widgets },
});
const read = await new WidgetsApi(configuration).widgetsData({
  ...widget,
  widgetParams: { limit: 2 },
});
const { id } = created;
const saved = await dashboards.dashboardsSave({
  id,
  ifMatch: `"${created.version}"`,
  dashboardsSaveRequest: { name: 'Saved abroad', widgets: created.widgets },
});
await dashboards.dashboardsRemove({ id });
const absent: unknown = await dashboards.dashboardsGet({ id }).catch((error: unknown) => error);

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
created.name satisfies number;
console.log(
  JSON.stringify({
    modules: modules.items.map((module) => module.id),
    created: created.name,
    rows: read.data.commits.length,
    saved: saved.name,
    version: saved.version,
    absent:
      absent instanceof ResponseError ? ProblemFromJSON(await absent.response.json()).code : absent,
  }),
);
