// What someone writes against the types of openapi-typescript with openapi-fetch. `./generated.js` is made before this is compiled.
import { argv, env } from 'node:process';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated.js';

type Dashboard = components['schemas']['Dashboard'];

const [, , baseUrl = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;
const client = createClient<paths>({ baseUrl });

/** The data of an answer; a refusal is a problem object whatever was called. */
function dataOf<T>({ data, error }: { data?: T; error?: components['schemas']['Problem'] }): T {
  if (data !== undefined) return data;
  throw new Error(`${error?.status} ${error?.code}: ${error?.detail}`);
}

const { accessToken } = dataOf(await client.POST('/auth/login', { body: { email, password } }));
client.use({
  onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${accessToken}`);
    return request;
  },
});

const { items } = dataOf(await client.GET('/modules', { params: { query: { size: 50 } } }));
const made: Dashboard = dataOf(
  await client.POST('/dashboards', {
    body: { name: 'Made abroad', widgets: [{ moduleId: 'host', widgetId: 'cpu', x: 0, y: 0, w: 4, h: 2, params: {} }] },
  }),
);
const read = dataOf(await client.GET('/dashboards/{id}', { params: { path: { id: made.id } } }));
const absent = await client.GET('/dashboards/{id}', { params: { path: { id: '00000000-0000-4000-8000-000000000000' } } });

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
made.name satisfies number;
console.log(JSON.stringify({ modules: items.map(({ id }) => id), made, read, absent: absent.error?.code }));
