import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';

let server: ServerUnderTest;
let token: string;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
  token = await server.signIn();
});
afterAll(() => server.close());

async function send(
  target: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...init.headers,
  };
  const response = await fetch(server.origin + target, { ...init, headers });
  return { status: response.status, text: await response.text() };
}

const post = (target: string, body: string, headers = {}) =>
  send(target, { method: 'POST', body, headers });

type Way = (json: string) => Promise<{ status: number; text: string }>;

const ofDashboards: Record<string, Way> = {
  REST: (json) => post('/api/v1/dashboards', json),
  RPC: (json) => post('/trpc/dashboards.create', `{"json":${json}}`),
  'a batch over RPC': (json) => post('/trpc/dashboards.create?batch=1', `{"0":{"json":${json}}}`),
  'a streamed batch over RPC': (json) =>
    post('/trpc/dashboards.create?batch=1', `{"0":{"json":${json}}}`, {
      'trpc-accept': 'application/jsonl',
    }),
};
const ofWidgets: Record<string, Way> = {
  REST: (json) =>
    send(`/api/v1/widget-data/git/commits?params=${encodeURIComponent(paramsOf(json))}`),
  RPC: (json) => send(`/trpc/widgets.data?input=${encodeURIComponent(`{"json":${json}}`)}`),
  'a batch over RPC': (json) =>
    send(`/trpc/widgets.data?batch=1&input=${encodeURIComponent(`{"0":{"json":${json}}}`)}`),
};
/** Only the parameters, because the REST path names the widget. */
const paramsOf = (json: string) => json.slice(json.indexOf('"params":') + '"params":'.length, -1);

const dashboard = (params: string) =>
  `{"name":"x","widgets":[{"moduleId":"git","widgetId":"commits","x":0,"y":0,"w":1,"h":1,"params":${params}}]}`;
const widget = (params: string) => `{"moduleId":"git","widgetId":"commits","params":${params}}`;

const unsafe: [params: string, below: string, code: string][] = [
  ['{"__proto__":{"isAdmin":true}}', '/__proto__', 'invalid_key'],
  ['{"\\u005f_proto__":1}', '/__proto__', 'invalid_key'],
  ['{"a":{"constructor":1}}', '/a/constructor', 'invalid_key'],
  ['{"a":{"prototype":1}}', '/a/prototype', 'invalid_key'],
  ['{"n":9007199254740993}', '/n', 'too_big'],
  ['{"n":-9007199254740992}', '/n', 'too_small'],
  ['{"n":1e400}', '/n', 'too_big'],
];

describe.each(Object.entries(ofDashboards))('the body of %s', (_way, create) => {
  it.each(unsafe)(
    'with %s is rejected with a pointer to the place',
    async (params, below, code) => {
      const { text } = await create(dashboard(params));
      expect(text).toContain('BAD_REQUEST'.toLowerCase());
      expect(text).toContain(`"pointer":"/widgets/0/params${below}"`);
      expect(text).toContain(`"code":"${code}"`);
    },
  );

  it('accepts the greatest safe integers, and other keys', async () => {
    const { text } = await create(
      dashboard('{"proto":9007199254740991,"toString":[-9007199254740991,0.1]}'),
    );
    expect(text).toMatch(
      /"params":\{"proto":9007199254740991,"toString":\[-9007199254740991,0\.1\]\}/,
    );
  });
});

describe.each(Object.entries(ofWidgets))('the query of %s', (_way, load) => {
  it.each(unsafe)(
    'with %s is rejected with a pointer to the place',
    async (params, below, code) => {
      const { status, text } = await load(widget(params));
      expect([status, text]).toEqual([400, expect.stringContaining(`"pointer":"/params${below}"`)]);
      expect(text).toContain(`"code":"${code}"`);
    },
  );
});

describe.each([
  ['REST', '/api/v1/dashboards', '{"name":"x"}'],
  ['RPC', '/trpc/dashboards.create', '{"json":{"name":"x"}}'],
  ['a batch over RPC', '/trpc/dashboards.create?batch=1', '{"0":{"json":{"name":"x"}}}'],
])('JSON over %s', (_way, target, body) => {
  it('may have a byte order mark', async () => {
    expect((await post(target, `\ufeff${body}`)).status).toBeLessThan(300);
  });

  it.each(['utf-8', 'UTF-8', '"utf-8"', 'us-ascii'])(
    'may be of the charset %s',
    async (charset) => {
      expect(
        (await post(target, body, { 'content-type': `application/json; charset=${charset}` }))
          .status,
      ).toBeLessThan(300);
    },
  );

  it.each(['utf-16', 'latin1', '"iso-8859-1"', 'utf-7'])(
    'is refused in the charset %s',
    async (charset) => {
      expect(
        (await post(target, body, { 'content-type': `application/json; charset=${charset}` }))
          .status,
      ).toBe(415);
    },
  );
});
