import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

let server: ServerUnderTest;
let token: string;
beforeAll(async () => {
  server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server' } });
  token = await server.signIn();
});
afterAll(() => server.close());

async function call(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object,
) {
  const response = await fetch(`${server.origin}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    location: response.headers.get('location'),
    text,
  };
}
const content = (name = 'Board') => ({ name, widgets: [] });

describe('a dashboard', () => {
  it('is created with Location and ETag, which the next change accepts', async () => {
    const made = await call('POST', '/dashboards', {}, content());
    const path = made.location?.replace('/api/v1', '') ?? '';
    expect([made.status, made.etag]).toEqual([201, '"1"']);
    expect((await call('GET', path)).etag).toBe('"1"');
    expect((await call('PUT', path, { 'if-match': `W/${made.etag}` }, content('2'))).etag).toBe(
      '"2"',
    );
    expect((await call('PUT', path, { 'if-match': '"1", "2"' }, content('3'))).etag).toBe('"3"');
    expect((await call('PUT', path, { 'if-match': '*' }, content('4'))).etag).toBe('"4"');
    expect(
      (await call('PUT', path, { 'if-match': '"1", "9999999999"' }, content('5'))).status,
    ).toBe(412);
  });

  it('is deleted only in the state that If-Match names', async () => {
    const path = `/dashboards/${JSON.parse((await call('POST', '/dashboards', {}, content())).text).id}`;
    for (const tag of ['"7"', '"x"', '"2", "3"']) {
      const rejected = await call('DELETE', path, { 'if-match': tag });
      expect([rejected.status, rejected.text.includes('2147483647')]).toEqual([412, false]);
    }
    expect((await call('DELETE', `${path}?version=7`)).status).toBe(409);
    expect((await call('GET', path)).status).toBe(200);
    expect((await call('DELETE', path, { 'if-match': 'W/"1"' })).status).toBe(204);
    expect((await call('DELETE', path, { 'if-match': '"1"' })).status).toBe(404);
  });

  it('is not overwritten under If-None-Match: *, even by concurrent requests', async () => {
    const path = `/dashboards/${randomUUID()}`;
    const create = { 'if-none-match': '*' };
    const both = await Promise.all(
      ['a', 'b'].map((name) => call('POST', path, create, content(name))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await call('POST', path, create, content('c'))).status).toBe(412);
    expect(JSON.parse((await call('GET', path)).text).name).not.toBe('c');
    expect((await call('POST', path, create, { name: '' })).status).toBe(400);
    expect(
      (await call('POST', `/dashboards/${randomUUID()}`, { 'if-match': '*' }, content())).status,
    ).toBe(412);
  });
});

it('a resource without a version is changed only in the state that If-Match names', async () => {
  const { etag } = await call('GET', '/users/me');
  const first = await call('PATCH', '/users/me', { 'if-match': etag }, { name: 'Grace' });
  expect(first.status).toBe(200);
  expect((await call('PATCH', '/users/me', { 'if-match': etag }, { name: 'Ada' })).status).toBe(
    412,
  );
  expect((await call('PATCH', '/users/me', { 'if-match': 'no tag' }, { name: 'Ada' })).status).toBe(
    400,
  );
  expect(JSON.parse((await call('GET', '/users/me')).text).name).toBe('Grace');
  expect((await call('PATCH', '/users/me', { 'if-match': '*' }, { name: 'Ada' })).status).toBe(200);
});

describe('all other sessions', () => {
  it('end only if the condition holds, although the call takes no input', async () => {
    const other = await server.signIn();
    const isIn = async () =>
      (await server.rest('GET', '/auth/me', { token: other })).status === 200;
    const untrue: Record<string, string>[] = [
      { 'if-match': '"1"' },
      { 'if-match': '"1", "2"' },
      { 'if-none-match': '*' },
    ];
    for (const headers of untrue)
      expect([(await call('DELETE', '/auth/sessions', headers)).status, await isIn()]).toEqual([
        412,
        true,
      ]);
    expect((await call('DELETE', '/auth/sessions', { 'if-match': 'x' })).status).toBe(400);
    expect([
      (await call('DELETE', '/auth/sessions', { 'if-match': '*' })).status,
      await isIn(),
    ]).toEqual([204, false]);
  });
});
