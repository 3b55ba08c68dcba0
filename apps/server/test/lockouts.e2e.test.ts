import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createPool } from '@synap/db';
import { until } from '@synap/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const servers: ServerUnderTest[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(variables: Record<string, string> = {}) {
  const server = await startServerUnderTest({ variables });
  servers.push(server);
  return server;
}

const formType = 'application/x-www-form-urlencoded';
const wrongForm = new URLSearchParams({
  username: admin.email,
  password: 'not the password',
}).toString();
const postForm = (server: ServerUnderTest, headers: Record<string, string>, body = wrongForm) =>
  server.rest('POST', '/login/access-token', {
    body,
    headers: { 'content-type': formType, ...headers },
  });

describe('a form of another site', { timeout: 60_000 }, () => {
  it('is rejected before it counts, so that a page cannot use up its visitors’ sign-ins', async () => {
    const server = await start({ RATE_LIMIT_FACTOR: '1', PASSWORD_GRANT: 'on' });
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (let n = 0; n < 12; n += 1) {
      const answer = await postForm(server, foreign[n % foreign.length] ?? {});
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    await server.signIn();
    const sameSite: Record<string, string>[] = [
      {},
      { origin: server.origin },
      { origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' },
      { origin: server.origin, 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of sameSite)
      expect((await postForm(server, headers)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('is also rejected without a body, because some paths request mails', async () => {
    const server = await start({ RATE_LIMIT_FACTOR: '1', SYNAP_ROLE: 'server' });
    const path = `/password-recovery/${encodeURIComponent(admin.email)}`;
    const recover = (headers: Record<string, string>) => server.rest('POST', path, { headers });
    for (let n = 0; n < 12; n += 1) {
      const headers = {
        origin: n % 2 ? 'https://evil.example' : 'null',
        'sec-fetch-site': 'cross-site',
      };
      expect(await recover(headers)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    const sameSite: Record<string, string>[] = [
      {},
      { origin: server.origin },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of sameSite) expect((await recover(headers)).status).toBe(202);
    // A bearer token needs a preflight, so a page that may read may also send.
    const token = await server.signIn();
    const headers = { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' };
    expect((await server.rest('POST', '/auth/logout', { token, headers })).status).toBe(204);
  });

  it('does not sign in, nor does any form, unless PASSWORD_GRANT is on', async () => {
    const server = await start({ SYNAP_ROLE: 'server' });
    const answer = await postForm(
      server,
      {},
      new URLSearchParams({ username: admin.email, password: admin.password }).toString(),
    );
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });
});

describe('strangers', { timeout: 60_000 }, () => {
  it('can neither block the mail for a new password nor flood its owner', async () => {
    const server = await start({ RATE_LIMIT_FACTOR: '1', TRUST_PROXY: '127.0.0.1' });
    const forgot = (address: string) =>
      server.rest('POST', '/auth/forgot', {
        body: { email: admin.email },
        headers: { 'x-forwarded-for': address },
      });
    const mails = async () => {
      const folder = path.join(server.dataDir, 'outbox');
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
      return Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
    };
    const database = createPool({
      url: server.database.url,
      size: 1,
      idleInTransactionMilliseconds: 0,
    });
    const waiting = async () => (await database.query('SELECT FROM mails')).rowCount;
    for (let n = 1; n <= 20; n += 1) expect((await forgot(`203.0.113.${n}`)).status).toBe(202);
    await until(async () => (await waiting()) === 0, { timeout: 30_000 });
    expect(await mails()).toHaveLength(1);
    await database.query("UPDATE mail_tokens SET created_at = created_at - interval '5 minutes'");
    await database.end();
    expect((await forgot('198.51.100.1')).status).toBe(202);
    await until(async () => (await mails()).length === 2, { timeout: 30_000 });
  });

  it('do not use up sign-ups with rejected passwords', async () => {
    const server = await start({ RATE_LIMIT_FACTOR: '1', SYNAP_ROLE: 'server' });
    const signUp = (password: string) =>
      server.rest('POST', '/auth/register', { body: { email: 'ann@example.org', password } });
    for (let n = 0; n < 7; n += 1) expect((await signUp('too short')).status).toBe(400);
    expect((await signUp('a passphrase for tests')).status).toBe(202);
  });
});

describe('the log and the audit log', { timeout: 60_000 }, () => {
  it('name the client behind a trusted proxy, and the user', async () => {
    const server = await start({ SYNAP_ROLE: 'server', TRUST_PROXY: '127.0.0.1' });
    const token = await server.signIn();
    const { id } = (
      await server.rest('GET', '/auth/me', { token, headers: { 'x-forwarded-for': '203.0.113.9' } })
    ).body;
    const lines = server.logged.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ path: '/api/v1/auth/me', address: '203.0.113.9', userId: id }),
    );
  });

  it('record calls that were rejected without a recent password', async () => {
    const server = await start({ SYNAP_ROLE: 'server' });
    const token = await server.signIn();
    const database = createPool({
      url: server.database.url,
      size: 1,
      idleInTransactionMilliseconds: 0,
    });
    await database.query("UPDATE sessions SET authenticated_at = now() - interval '11 minutes'");
    await database.end();
    const body = {
      email: 'eve@example.org',
      password: 'a passphrase for tests',
      role: 'superuser',
    };
    expect((await server.rest('POST', '/users', { token, body })).body.code).toBe(
      'reauthentication_required',
    );
    const list = async () =>
      (await server.rest('GET', '/events?type=access.refused', { token })).body.items;
    await until(async () => (await list()).length === 1, { timeout: 30_000 });
    expect(await list()).toMatchObject([
      { subject: 'procedure users.create', actorId: expect.any(String) },
    ]);
  });

  it('contain no address and no key from a path, in any encoding', async () => {
    const server = await start({ SYNAP_ROLE: 'server' });
    const secret = 'k'.repeat(43);
    await server.rest('POST', '/password-recovery/a%64a.lovelace%40ex%61mple.org');
    await server.rest('GET', `/dashboards/syn_${'0'.repeat(32)}_${secret}`);
    const logged = server.logged.join('\n');
    expect(logged.match(/\[removed\]/g)).toHaveLength(2);
    for (const part of ['lovelace', secret]) expect(logged).not.toContain(part);
  });

  it('record failed sign-ins and rejections, once an hour for each kind, without the input', async () => {
    const server = await start({ SYNAP_ROLE: 'server' });
    const token = await server.signIn();
    const { token: mine } = await server.newUser();
    const { body: made } = await server.rest('POST', '/api-keys', {
      token: mine,
      body: { name: 'Robot', scopes: ['profile:read'] },
    });
    for (let n = 0; n < 3; n += 1) {
      await server.rest('POST', '/auth/login', {
        body: { email: admin.email, password: 'not the password' },
      });
      await server.rest('POST', '/auth/login', {
        body: { email: 'typed.by.mistake', password: 'x' },
      });
      expect((await server.rest('GET', '/users', { token: mine })).status).toBe(403);
      await fetch(`${server.origin}/trpc/dashboards.list`, {
        headers: { authorization: `Bearer ${made.key}` },
      });
    }
    const list = async (type: string) =>
      (await server.rest('GET', `/events?type=${type}`, { token })).body.items;
    await until(async () => (await list('access.refused')).length === 2, { timeout: 30_000 });
    const refusals = await list('access.refused');
    expect(refusals).toContainEqual(
      expect.objectContaining({ subject: 'procedure users.list', actorId: expect.any(String) }),
    );
    expect(refusals).toContainEqual(
      expect.objectContaining({
        subject: 'procedure dashboards.list',
        payload: { apiKeyId: made.id },
      }),
    );
    const failures = await list('user.sign-in-failed');
    expect(failures).toHaveLength(2);
    expect(JSON.stringify(failures)).not.toContain('typed');
    expect(failures.map(({ subject }: { subject: string }) => subject)).toContain('user unknown');
  });
});
