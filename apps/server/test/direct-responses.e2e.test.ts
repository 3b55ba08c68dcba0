import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appRouter } from '@synap/api';
import type { Actor } from '@synap/contracts';
import { compileWriter } from '@synap/json-writer';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRest, createRpc } from '../src/http/transports.js';
import { caseOf, validCall } from './contract/cases.js';
import { readDocument, type ServedDocument } from './contract/document.js';
import { createFixture, type Fixture } from './contract/fixture.js';
import { mask } from './contract/json.js';
import { procedures } from './contract/procedures.js';

describe('with VALIDATE_RESPONSES=off', () => {
  let fixture: Fixture;
  let document: ServedDocument;
  beforeAll(async () => {
    fixture = await createFixture({ VALIDATE_RESPONSES: 'off' });
    document = await readDocument(fixture.server.origin);
  });
  afterAll(() => fixture.close());

  it.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    '%s is written by compiled code, and conforms to schema and document',
    async (_path, procedure) => {
      expect(compileWriter(procedure.output)).toBeDefined();
      const { changes, volatileFields = [] } = caseOf(procedure);
      const call = await validCall(procedure, fixture);
      const rest = await fixture.clients.rest(procedure, call);
      const rpc = await fixture.clients.rpc(
        procedure,
        changes ? await validCall(procedure, fixture) : call,
      );
      expect(document.violationOf(procedure, rest)).toBeUndefined();
      expect(procedure.output?.safeParse(rpc.output)).toEqual({ success: true, data: rpc.output });
      expect(mask(rpc.json, volatileFields)).toEqual(mask(rest.json, volatileFields));
    },
  );

  it('a repeated Idempotency-Key gets the bytes of the first response', async () => {
    const call = {
      token: fixture.tokenOf('user'),
      body: { name: 'Once', widgets: [] },
      headers: { 'idempotency-key': 'once' },
    };
    const first = await fixture.server.rest('POST', '/dashboards', call);
    const second = await fixture.server.rest('POST', '/dashboards', call);
    expect([first.status, first.headers.get('location')]).toEqual([
      201,
      `/api/v1/dashboards/${first.body.id}`,
    ]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  });
});

const userId = '0198c0de-0000-7000-8000-000000000001';
const id = '0198C0DE-0000-7000-8000-000000000002';
const at = new Date(0);
const hidden = 'hidden by the schema';
const params = { limit: 1, at: null };
const placement = { moduleId: 'm', widgetId: 'w', x: 0, y: 0, w: 1, h: 1, params, hidden };
const dashboard = { id, name: 'A', version: 3, createdAt: at, updatedAt: new Date(1), hidden };
const actor: Actor = {
  kind: 'user',
  userId,
  email: 'a@example.org',
  role: 'superuser',
  sessionId: userId,
  verified: true,
};

const event = {
  source: 'user',
  type: 'session.started',
  subject: null,
  moduleId: null,
  actorId: null,
  address: null,
  requestId: null,
  payload: {},
  occurredAt: at,
};

/** Services that return more than their contract declares, or something else. */
const faultyServices = Object.assign(Object.create(null), {
  dashboards: {
    get: async () => ({ ...dashboard, widgets: [{ ...placement, id }] }),
    create: async () => ({ ...dashboard, widgets: [] }),
    list: async () => ({ items: [{ ...dashboard, widgetCount: 1 }], nextCursor: 'c', hidden }),
  },
  authSessions: {
    list: async () => ({
      items: [
        {
          id,
          device: 'd',
          userAgent: null,
          address: '::ffff:192.0.2.1',
          createdAt: at,
          lastUsedAt: new Date(1),
          current: true,
          hidden,
        },
      ],
      nextCursor: null,
    }),
  },
  events: {
    get: async () => ({ ...event, id: 'not a UUID', hidden }),
  },
  system: { meta: async () => ({ name: 7, hidden }) },
});

/** Serves both transports with faulty services. */
async function serveFaulty(validateResponses: boolean) {
  const logged: string[] = [];
  const deps = Object.assign(Object.create(null), {
    router: appRouter,
    basePath: '',
    callMs: 10_000,
    validateResponses,
    services: faultyServices,
    authenticate: async () => actor,
    limits: { countUser: async () => undefined },
    addressOf: () => '192.0.2.1',
    cookieOf: () => undefined,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    errors: { report: () => undefined },
  });
  const rpc = createRpc(deps);
  const rest = createRest(deps);
  const server = createServer((req, res) => rest(req, res, () => rpc(req, res, () => res.end())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { port }: Pick<AddressInfo, 'port'> =
    typeof address === 'object' && address ? address : { port: 0 };
  return { url: `http://127.0.0.1:${port}`, logged, close: () => server.close() };
}

describe('a service that does not keep its contract', () => {
  let servers: Awaited<ReturnType<typeof serveFaulty>>[] = [];
  beforeAll(async () => {
    servers = [await serveFaulty(true), await serveFaulty(false)];
  });
  afterAll(() => {
    for (const server of servers) server.close();
  });

  const both = async (method: string, path: string) => {
    const headers = {
      authorization: 'Bearer token',
      'content-type': 'application/json',
      'x-request-id': 'same',
    };
    const body = method === 'POST' ? '{"json":{"name":"A"},"name":"A"}' : undefined;
    const responses = await Promise.all(
      servers.map(({ url }) => fetch(url + path, { method, headers, body })),
    );
    const [validated, direct] = await Promise.all(
      responses.map(async (response) => ({
        status: response.status,
        etag: response.headers.get('etag'),
        location: response.headers.get('location'),
        link: response.headers.get('link'),
        text: await response.text(),
      })),
    );
    return { validated, direct };
  };
  const input = encodeURIComponent(JSON.stringify({ json: { id: id.toLowerCase() } }));

  it.each([
    ['GET', `/api/v1/dashboards/${id}`, 200],
    ['GET', '/api/v1/dashboards', 200],
    ['GET', '/api/v1/auth/sessions', 200],
    ['GET', '/api/v1/meta', 500],
    ['GET', `/trpc/dashboards.get?input=${input}`, 200],
    ['GET', '/trpc/dashboards.list?input=%7B%22json%22%3A%7B%7D%7D', 200],
    ['GET', '/trpc/system.meta', 500],
    [
      'GET',
      '/trpc/system.meta,dashboards.list?batch=1&input=%7B%221%22%3A%7B%22json%22%3A%7B%7D%7D%7D',
      207,
    ],
  ])('%s %s has the same response in both modes', async (method, path, status) => {
    const { validated, direct } = await both(method, path);
    expect(direct).toEqual(validated);
    expect(direct?.status).toBe(status);
    expect(JSON.stringify(direct)).not.toContain(hidden);
  });

  it('has plain addresses and ids in lower case', async () => {
    const { direct } = await both('GET', '/api/v1/auth/sessions');
    expect(direct?.text).toContain('"address":"192.0.2.1"');
    expect(direct?.text).toContain(id.toLowerCase());
  });

  it.each([`/api/v1/events/${id}`, `/trpc/events.get?input=${input}`])(
    'has refinements checked by validation alone: %s',
    async (path) => {
      const { validated, direct } = await both('GET', path);
      expect([validated?.status, direct?.status]).toEqual([500, 200]);
      expect(direct?.text).not.toContain(hidden);
    },
  );

  it('has its invalid response logged as an error', async () => {
    for (const { logged } of servers) logged.length = 0;
    await both('GET', '/api/v1/meta');
    for (const { logged } of servers) expect(logged.join()).toContain('"type":"ZodError"');
  });
});
