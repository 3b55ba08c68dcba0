// Uses openapi-fetch with the types of openapi-typescript, which are generated into
// `./generated.d.ts` before this is compiled.
import { argv, env } from 'node:process';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated.js';

type Dashboard = components['schemas']['Dashboard'];
type Problem = components['schemas']['Problem'];

const [, , baseUrl = ''] = argv;
const { EMAIL: email = '', PASSWORD: password = '' } = env;
const client = createClient<paths>({ baseUrl });

/** Returns the data of a response; every error is a problem object. */
function dataOf<T>({ data, error }: { data?: T; error?: Problem }): T {
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
const widget = { moduleId: 'git', widgetId: 'commits' };
const created: Dashboard = dataOf(
  await client.POST('/dashboards', {
    body: {
      name: 'Made abroad',
      widgets: [{ ...widget, x: 0, y: 0, w: 4, h: 2, params: { limit: 5 } }],
    },
  }),
);
const { data } = dataOf(
  await client.GET('/widget-data/{moduleId}/{widgetId}', {
    params: { path: widget, query: { widgetParams: { limit: 2 } } },
    querySerializer: { object: { style: 'form', explode: true } },
  }),
);
const { commits } = data as { commits: unknown[] };
const path = { id: created.id };
const saved = dataOf(
  await client.PUT('/dashboards/{id}', {
    params: { path, header: { 'If-Match': `"${created.version}"` } },
    body: { name: 'Saved abroad', widgets: created.widgets },
  }),
);
await client.DELETE('/dashboards/{id}', { params: { path } });
const absent = await client.GET('/dashboards/{id}', { params: { path } });

// @ts-expect-error The name of a dashboard is text; it must not be just anything.
created.name satisfies number;
console.log(
  JSON.stringify({
    modules: items.map(({ id }) => id),
    created: created.name,
    rows: commits.length,
    saved: saved.name,
    version: saved.version,
    absent: absent.error?.code,
  }),
);
