import { afterEach, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const servers: ServerUnderTest[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(variables: Record<string, string> = {}) {
  const server = await startServerUnderTest({ variables: { SYNAP_ROLE: 'server', ...variables } });
  servers.push(server);
  return server;
}

const password = 'a passphrase for tests';

describe('accounts under administration', { timeout: 60_000 }, () => {
  it('can be disabled at once, over both transports, and enabled again', async () => {
    const server = await start();
    const token = await server.signIn();
    const person = await server.newUser();
    const { id } = (await server.rest('GET', '/users?q=person1', { token })).body.items[0];
    await server.rest('GET', '/auth/me', { token: person.token });
    expect(
      await server.rest('PATCH', `/users/${id}`, { token, body: { disabled: true } }),
    ).toMatchObject({
      status: 200,
      body: { disabled: true },
    });
    expect((await server.rest('GET', '/auth/me', { token: person.token })).status).toBe(401);
    expect((await server.rest('POST', '/auth/login', { body: person })).status).toBe(403);
    await server.rest('PATCH', `/users/${id}`, { token, body: { disabled: false } });
    await server.signIn(person);
  });

  it('accept any spelling of their ids', async () => {
    const server = await start();
    const token = await server.signIn();
    const mine = (await server.rest('GET', '/auth/me', { token })).body.id.toUpperCase();
    for (const [method, body] of [
      ['PATCH', { role: 'user' }],
      ['PATCH', { disabled: true }],
      ['DELETE'],
    ] as const)
      expect((await server.rest(method, `/users/${mine}`, { token, body })).status).toBe(403);
    const other = await server.newUser();
    const { id } = (await server.rest('GET', '/auth/me', { token: other.token })).body;
    const removal = await server.rest('DELETE', `/users/${id}?handOverTo=${id.toUpperCase()}`, {
      token,
    });
    expect(removal).toMatchObject({ status: 409 });
    expect(await server.rest('DELETE', `/users/${id.toUpperCase()}`, { token })).toMatchObject({
      status: 204,
    });
    expect(
      (await server.rest('GET', `/events?subject=${encodeURIComponent(`user ${id}`)}`, { token }))
        .body.items,
    ).toContainEqual(expect.objectContaining({ type: 'user.removed' }));
  });

  it('never lose the last superuser', async () => {
    const server = await start();
    const token = await server.signIn();
    const answer = await server.rest('POST', '/users/me/delete', {
      token,
      body: { password: admin.password },
    });
    expect(answer).toMatchObject({
      status: 409,
      body: { detail: 'This is the last superuser: create another one first' },
    });
  });
});

describe('alias routes', { timeout: 60_000 }, () => {
  it('do the same, and name their successor', async () => {
    const server = await start();
    const calls = [
      [
        '/users/signup',
        { email: 'erin@example.org', password: password },
        202,
        '/api/v1/auth/register',
      ],
      ['/password-recovery/erin@example.org', undefined, 202, '/api/v1/auth/forgot'],
      [
        '/reset-password',
        { token: 'unknown token', newPassword: password },
        400,
        '/api/v1/auth/reset',
      ],
    ] as const;
    for (const [target, body, status, successor] of calls) {
      const answer = await server.rest('POST', target, { body });
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers.get('deprecation')).toMatch(/^@\d+$/);
      expect(answer.headers.get('link')).toContain(`<${successor}>; rel="successor-version"`);
    }
    await server.signIn({ email: 'erin@example.org', password: password });
  });
});
