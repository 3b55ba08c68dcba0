import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validCall } from './cases.js';
import { type ApiCall, restRequest, rpcProblem, rpcRequest } from './clients.js';
import { createFixture, type Fixture } from './fixture.js';
import { procedures, routeOf } from './procedures.js';

const allowed = 'http://localhost:5173';
const foreign = 'https://evil.example';
const lookalikes = [
  `${allowed}.evil.example`,
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example:5173',
  'http://localhost:5173@evil.example',
  'http://evil.example#http://localhost:5173',
];

let fixture: Fixture;
let origins: readonly (string | undefined)[];
beforeAll(async () => {
  fixture = await createFixture({ CORS_ORIGINS: allowed });
  origins = [undefined, fixture.server.origin, foreign, 'null'];
});
afterAll(() => fixture.close());

const mutations = procedures
  .filter(({ type }) => type === 'mutation')
  .map((procedure) => [procedure.path, procedure] as const);

const forms = [
  'text/plain',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
];
const notJson = [
  undefined,
  ...forms,
  'application/octet-stream',
  'text/json',
  'application/jsonp',
  'application/json-patch',
];
const builtOnJson = [
  'application/problem+json',
  'application/vnd.api+json',
  'application/json-patch+json',
];
const json = ['application/json', 'application/json; charset=utf-8', 'Application/JSON'];

/**
 * Encodes the input as a page could make a browser send it under a content type.
 */
function bodyAs(type: string | undefined, text: string): Uint8Array {
  const part = `--b\r\ncontent-disposition: form-data; name="json"\r\n\r\n${text}\r\n--b--\r\n`;
  return new TextEncoder().encode(type?.startsWith('multipart') ? part : text);
}

interface Sending extends ApiCall {
  method?: string;
  type?: string | undefined;
  origin?: string | undefined;
  text: string;
}

/**
 * Sends a request as a browser would from a page. CORS headers must not allow other origins.
 */
async function send(target: string, { method = 'POST', type, origin, text, token }: Sending) {
  const response = await fetch(fixture.server.origin + target, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(type !== undefined && { 'content-type': type }),
      ...(origin !== undefined && { origin }),
    },
    body: method === 'GET' || method === 'HEAD' ? undefined : bodyAs(type, text),
  });
  expectNoAllowance(response.headers, origin);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function expectNoAllowance(headers: Headers, origin: string | undefined): void {
  // In `local`, pages of localhost may read responses.
  expect(headers.get('access-control-allow-origin')).toBe(
    origin === fixture.server.origin ? origin : null,
  );
  expect(headers.get('vary')).toMatch(/\borigin\b/i);
  if (origin === foreign) expect(JSON.stringify([...headers])).not.toContain('evil');
}

/** Returns a checksum of all tables. */
async function fingerprint(): Promise<string> {
  const { rows } = await fixture.database.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  const sums = rows.map(
    ({ name }) => `(SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM "${name}" t)`,
  );
  const result = await fixture.database.query<{ sum: string }>(
    `SELECT concat_ws(' ', ${sums.join(', ')}) AS sum`,
  );
  return result.rows[0]?.sum ?? '';
}

describe.each(mutations)('%s', (_path, procedure) => {
  it('accepts only JSON over RPC, from any origin, and allows no other origin by CORS', {
    timeout: 60_000,
  }, async () => {
    const call = await validCall(procedure, fixture);
    const { target, body = '' } = rpcRequest(procedure, call.input);
    const before = await fingerprint();
    for (const origin of origins) {
      for (const type of [...notJson, ...builtOnJson]) {
        const single = await send(`/trpc/${target}`, { ...call, type, origin, text: body });
        const batch = await send(`/trpc/${target}?batch=1`, {
          ...call,
          type,
          origin,
          text: `{"0":${body || 'null'}}`,
        });
        for (const { status, text } of [single, batch]) {
          expect(
            [status, rpcProblem(JSON.parse(text))?.status],
            `${type} from ${origin}: ${text}`,
          ).toEqual([415, 415]);
        }
      }
    }
    expect(await fingerprint()).toBe(before);
    // The same request with JSON succeeds, so only the content type was wrong.
    expect(await send(`/trpc/${target}`, { ...call, type: json[0], text: body })).toMatchObject({
      status: 200,
    });
    expect(await fingerprint()).not.toBe(before);
    const accepted = [
      ...json.map((type) => [type, undefined] as const),
      ...origins.map((origin) => [json[0], origin] as const),
    ];
    for (const [type, origin] of accepted) {
      const fresh = await validCall(procedure, fixture);
      const { body: text = '' } = rpcRequest(procedure, fresh.input);
      const response = await send(`/trpc/${target}`, { ...fresh, type, origin, text });
      expect(response.status, `${type} from ${origin}: ${response.text}`).toBe(200);
    }
  });

  it('accepts only POST over RPC', async () => {
    const call = await validCall(procedure, fixture);
    const { target, body = '' } = rpcRequest(procedure, call.input);
    const before = await fingerprint();
    const query = new URLSearchParams({ input: body, _method: 'POST' });
    for (const origin of origins) {
      for (const type of [undefined, 'application/json']) {
        const response = await send(`/trpc/${target}?${query}`, {
          ...call,
          method: 'GET',
          type,
          origin,
          text: '',
        });
        expect([response.status, response.headers.get('allow')], response.text).toEqual([
          405,
          'POST',
        ]);
        await send(`/trpc/${target}?${query}`, { ...call, method: 'HEAD', type, origin, text: '' });
      }
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const { status } = await send(`/trpc/${target}`, {
          ...call,
          method,
          type: 'application/json',
          origin,
          text: body,
        });
        expect(status, method).toBeGreaterThanOrEqual(400);
      }
    }
    expect(await fingerprint()).toBe(before);
  });

  it('rejects over REST every request that a form can send', async () => {
    const call = await validCall(procedure, fixture);
    const { method, hasBody } = routeOf(procedure);
    const { target, body = '{}' } = restRequest(procedure, call.input);
    const before = await fingerprint();
    for (const origin of origins) {
      for (const type of hasBody ? forms : []) {
        const isForeign = (origin === foreign || origin === 'null') && method === 'POST';
        // Operations that accept forms reject cross-site ones.
        if (
          !isForeign &&
          procedure.meta.openapi?.form &&
          type === 'application/x-www-form-urlencoded'
        )
          continue;
        const { status } = await send(`/api/v1${target}`, {
          ...call,
          method,
          type,
          origin,
          text: body,
        });
        expect(status, `${type} from ${origin}`).toBe(isForeign ? 403 : 415);
      }
      // Forms and images cannot use these methods.
      for (const other of ['GET', 'POST'].filter((each) => each !== method)) {
        const query = new URLSearchParams({ _method: method });
        const type = other === 'GET' ? undefined : 'text/plain';
        await send(`/api/v1${target}?${query}`, {
          ...call,
          method: other,
          type,
          origin,
          text: body,
        });
      }
    }
    expect(await fingerprint()).toBe(before);
  });
});

describe('CORS', () => {
  const call = (target: string, method: string, origin: string) =>
    fetch(fixture.server.origin + target, {
      method,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    });
  const targets = [
    '/trpc/auth.login',
    '/trpc/system.meta',
    '/api/v1/dashboards',
    '/api/v1/health',
    '/api/v1/openapi.json',
    '/nowhere',
  ];

  it.each(targets)('allows only listed origins to read %s', async (target) => {
    for (const method of ['OPTIONS', 'GET']) {
      for (const origin of [foreign, 'null', fixture.server.origin, ...lookalikes]) {
        expectNoAllowance((await call(target, method, origin)).headers, origin);
      }
      const { headers } = await call(target, method, allowed);
      expect(headers.get('access-control-allow-origin'), method).toBe(allowed);
      expect(headers.get('access-control-allow-credentials'), method).toBe('true');
      expect(headers.get('vary'), method).toMatch(/\borigin\b/i);
    }
  });
});
