import { scopeSchema } from '@synap/contracts';
import { createPool } from '@synap/db';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { rpcProblem } from './contract/clients.js';
import { type Procedure, procedures } from './contract/procedures.js';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(variables: Record<string, string> = {}) {
  const server = await startServerUnderTest({ variables });
  const database = createPool({
    url: server.database.url,
    size: 1,
    idleInTransactionMilliseconds: 0,
  });
  endings.push(server.close, () => database.end());
  return { server, query: (text: string) => database.query(text) };
}

const password = 'a passphrase for tests';
const rejected = { status: 403, body: { code: 'reauthentication_required' } };
const idOf = async (server: ServerUnderTest, token: string) =>
  (await server.rest('GET', '/auth/me', { token })).body.id;

describe('a sensitive action', { timeout: 60_000 }, () => {
  it('needs a password within ten minutes, by sign-in or reauthentication', async () => {
    const { server, query } = await start({ SYNAP_ROLE: 'server', SIGNUP: 'invite' });
    const token = await server.signIn();
    const post = (target: string, body: object) => server.rest('POST', target, { token, body });
    const made = await post('/users', { email: 'carl@example.org', password });
    const calls = [
      () => post('/users', { email: 'dora@example.org', password, role: 'superuser' }),
      () => post('/invitations', { email: 'erin@example.org', role: 'superuser' }),
      () => post('/api-keys', { name: 'Without end', scopes: ['profile:read'] }),
      () =>
        post('/api-keys', {
          name: 'Nearly without end',
          scopes: ['profile:read'],
          expiresAt: '9999-12-31T23:59:59Z',
        }),
      () => server.rest('PATCH', `/users/${made.body.id}`, { token, body: { role: 'superuser' } }),
      () =>
        server.rest('PATCH', `/users/${made.body.id}`, {
          token,
          body: { email: 'carla@example.org' },
        }),
    ];
    await query("UPDATE sessions SET authenticated_at = now() - interval '11 minutes'");
    for (const call of calls) expect(await call()).toMatchObject(rejected);
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    expect(
      await post('/api-keys', { name: 'Soon over', scopes: ['profile:read'], expiresAt: soon }),
    ).toMatchObject({
      status: 201,
    });
    expect(await post('/auth/reauthenticate', { password: 'not the password' })).toMatchObject({
      status: 400,
    });
    expect(await calls[0]?.()).toMatchObject(rejected);
    expect(await post('/auth/reauthenticate', { password: admin.password })).toMatchObject({
      status: 204,
    });
    for (const call of calls) expect((await call()).status).toBeLessThan(300);
  });
});

describe('a password set by an administrator', { timeout: 60_000 }, () => {
  it('allows a session only to change it', async () => {
    const { server } = await start({ SYNAP_ROLE: 'server' });
    const account = { email: 'carl@example.org', password };
    const made = await server.rest('POST', '/users', {
      token: await server.signIn(),
      body: account,
    });
    expect(made.body).toMatchObject({ mustChangePassword: true });
    const token = await server.signIn(account);
    const needsReauthentication = { status: 403, body: { code: 'password_change_required' } };
    for (const target of ['/dashboards', '/api-keys', '/auth/sessions', '/widgets'])
      expect(await server.rest('GET', target, { token }), target).toMatchObject(
        needsReauthentication,
      );
    expect(
      await server.rest('PATCH', '/users/me', { token, body: { name: 'Carl' } }),
    ).toMatchObject(needsReauthentication);
    for (const target of ['/auth/me', '/users/me'])
      expect((await server.rest('GET', target, { token })).status).toBe(200);
    const body = { currentPassword: password, newPassword: 'another passphrase for tests' };
    expect((await server.rest('POST', '/users/me/password', { token, body })).status).toBe(204);
    expect((await server.rest('GET', '/dashboards', { token })).status).toBe(200);
  });

  it('blocks all procedures for keys, and all but profile and password change for sessions', async () => {
    const { server, query } = await start({ SYNAP_ROLE: 'server' });
    const token = await server.signIn();
    const body = { name: 'All', scopes: scopeSchema.options };
    const { key } = (await server.rest('POST', '/api-keys', { token, body })).body;
    await query('UPDATE users SET must_change_password = true');
    const codeOf = async ({ path, type }: Procedure, bearer: string) => {
      const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
      const request = type === 'query' ? { headers } : { method: 'POST', headers, body: '{}' };
      const answer = await fetch(`${server.origin}/trpc/${path}`, request);
      return rpcProblem(await answer.json())?.code;
    };
    const needsReauthentication = 'password_change_required';
    await until(
      async () =>
        (await server.rest('GET', '/widgets', { token })).body.code === needsReauthentication,
      { timeout: 30_000 },
    );
    const open: string[] = [];
    for (const procedure of procedures.filter(({ meta }) => meta.access !== 'public')) {
      if ((await codeOf(procedure, token)) !== needsReauthentication) open.push(procedure.path);
      expect(await codeOf(procedure, key), procedure.path).toBe(
        procedure.meta.scope ? needsReauthentication : 'forbidden',
      );
    }
    expect(open.sort()).toEqual(['auth.me', 'users.me.changePassword', 'users.me.get']);
  });

  it('can be required to change at once, with a mailed link', async () => {
    const { server, query } = await start();
    const token = await server.signIn();
    const person = await server.newUser();
    const id = await idOf(server, person.token);
    const scopes = ['dashboards:read', 'profile:read'];
    const { key } = (
      await server.rest('POST', '/api-keys', {
        token: person.token,
        body: { name: 'Screen', scopes },
      })
    ).body;
    expect((await server.rest('GET', '/dashboards', { token: key })).status).toBe(200);
    expect(
      await server.rest('PATCH', `/users/${id}`, { token, body: { mustChangePassword: true } }),
    ).toMatchObject({
      status: 200,
      body: { mustChangePassword: true },
    });
    expect((await server.rest('GET', '/dashboards', { token: person.token })).status).toBe(403);
    const needsReauthentication = { status: 403, body: { code: 'password_change_required' } };
    for (const target of ['/dashboards', '/auth/me', '/users/me'])
      expect(await server.rest('GET', target, { token: key }), target).toMatchObject(
        needsReauthentication,
      );
    expect(await server.rest('POST', `/users/${id}/reset-password`, { token })).toMatchObject({
      status: 202,
    });
    const links = () =>
      query(`SELECT FROM mail_tokens WHERE user_id = '${id}' AND purpose = 'reset'`);
    await until(async () => (await links()).rowCount === 1, { timeout: 30_000 });
  });
});

describe('a changed address', { timeout: 60_000 }, () => {
  it('takes effect at once with the password if verification is off', async () => {
    const { server, query } = await start({ SYNAP_ROLE: 'server' });
    const { token, ...person } = await server.newUser();
    const change = (body: object) => server.rest('POST', '/users/me/email', { token, body });
    const email = 'moved@example.org';
    expect(await change({ email, currentPassword: 'not the right one' })).toMatchObject({
      status: 400,
    });
    expect(await change({ email: admin.email, currentPassword: person.password })).toMatchObject({
      status: 409,
    });
    expect(await change({ email, currentPassword: person.password })).toMatchObject({
      status: 202,
    });
    expect((await server.rest('GET', '/auth/me', { token })).body.email).toBe(email);
    await server.signIn({ ...person, email });
    expect((await query("SELECT FROM mails WHERE template = 'email-changed'")).rowCount).toBe(1);
  });

  it('takes effect with its link if verification is required, and does not reveal accounts', async () => {
    const { server, query } = await start({ SYNAP_ROLE: 'server', VERIFY_EMAIL: 'required' });
    const token = await server.signIn();
    const change = (email: string) =>
      server.rest('POST', '/users/me/email', {
        token,
        body: { email, currentPassword: admin.password },
      });
    await server.rest('POST', '/users', { token, body: { email: 'taken@example.org', password } });
    for (const email of ['taken@example.org', 'new@example.org'])
      expect(await change(email)).toMatchObject({ status: 202 });
    expect((await server.rest('GET', '/auth/me', { token })).body.email).toBe(admin.email);
    const templates = (await query('SELECT template FROM mails ORDER BY id')).rows.map(
      ({ template }) => template,
    );
    expect(templates).toEqual(['existing-account', 'verify']);
    await query("UPDATE mail_tokens SET hash = sha256('known') WHERE email = 'new@example.org'");
    expect((await server.rest('POST', '/auth/verify', { body: { token: 'known' } })).status).toBe(
      204,
    );
    expect((await server.rest('GET', '/auth/me', { token })).body.email).toBe('new@example.org');
    expect((await query("SELECT FROM mails WHERE template = 'email-changed'")).rowCount).toBe(1);
  });

  it('set by an administrator is unverified, and the old one gets a notice', async () => {
    const { server, query } = await start({ SYNAP_ROLE: 'server', VERIFY_EMAIL: 'required' });
    const token = await server.signIn();
    const { body: made } = await server.rest('POST', '/users', {
      token,
      body: { email: 'carl@example.org', password },
    });
    const answer = await server.rest('PATCH', `/users/${made.id}`, {
      token,
      body: { email: 'carla@example.org' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { email: 'carla@example.org', verified: false },
    });
    expect((await query("SELECT FROM mails WHERE template = 'email-changed'")).rowCount).toBe(1);
    expect(
      (await server.rest('POST', '/auth/login', { body: { email: 'carla@example.org', password } }))
        .status,
    ).toBe(401);
  });
});
