// What someone writes against the client of @hey-api/openapi-ts. `./generated/` is made before this is compiled.
import { argv, env } from 'node:process';
import { client } from './generated/client.gen.js';
import { authLogin, type Dashboard, dashboardsCreate, dashboardsGet, modulesList } from './generated/index.js';

const [, , baseUrl = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;
client.setConfig({ baseUrl });

const { data: tokens } = await authLogin({ body: { email, password }, throwOnError: true });
client.setConfig({ auth: tokens.accessToken });

const { data: modules } = await modulesList({ query: { size: 50 }, throwOnError: true });
const { data: made } = await dashboardsCreate({
  body: { name: 'Made abroad', widgets: [{ moduleId: 'host', widgetId: 'cpu', x: 0, y: 0, w: 4, h: 2, params: {} }] },
  throwOnError: true,
});
const found = await dashboardsGet({ path: { id: made.id } });
const read: Dashboard | undefined = found.data;
const absent = await dashboardsGet({ path: { id: '00000000-0000-4000-8000-000000000000' } });

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
made.name satisfies number;
console.log(JSON.stringify({ modules: modules.items.map(({ id }) => id), made, read, absent: absent.error?.code }));
