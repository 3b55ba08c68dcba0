import { randomUUID } from 'node:crypto';
import { createPool } from '@synap/db';
import { until } from '@synap/testing';
import { type ServerUnderTest, startServerUnderTest } from '../server-under-test.js';
import { type Clients, createClients } from './clients.js';
import { createKeys, type Keys } from './keys.js';
import { makeProbeFolder } from './probe-module.js';

export const callers = ['anonymous', 'user', 'other', 'superuser'] as const;
export type Caller = (typeof callers)[number];

interface Account {
  email: string;
  password: string;
}

/** A server with users, a dashboard and a run, for valid inputs to refer to. */
export interface Fixture {
  readonly server: ServerUnderTest;
  readonly clients: Clients;
  readonly database: ReturnType<typeof createPool>;
  /**
   * Account for more sessions: the twenty-first of an account ends its first, which `tokenOf` uses.
   */
  readonly guest: Account;
  /** Belongs to `user`; tests must not change it. */
  readonly dashboardId: string;
  /** A finished run of the module `probe`. */
  readonly runId: string;
  tokenOf(caller: Caller): string | undefined;
  /** API keys of `user`. */
  readonly keys: Keys;
  /** Signs in and returns the tokens, by default of `guest`. */
  signIn(account?: Account): Promise<{ accessToken: string; refreshToken: string }>;
  /** Creates another dashboard of `user`. */
  newDashboard(): Promise<{ id: string }>;
  close(): Promise<void>;
}

/**
 * Starts a server without a worker, so that no data changes in the background. `user` and
 * superusers may read `probe`.
 * @param variables additional environment variables
 */
export async function createFixture(variables: Record<string, string> = {}): Promise<Fixture> {
  const probe = await makeProbeFolder();
  const server = await startServerUnderTest({
    variables: {
      SYNAP_ROLE: 'server',
      PASSWORD_GRANT: 'on',
      SYNAP_MODULES_DIR: probe.folder,
      SYNAP_PROBE_ACCESS: 'person1@example.org',
      ...variables,
    },
  });
  const database = createPool({
    url: server.database.url,
    size: 3,
    idleInTransactionMilliseconds: 0,
  });
  const [user, other, guest] = [
    await server.newUser(),
    await server.newUser(),
    await server.newUser(),
  ];
  // `SYNAP_PROBE_ACCESS` accepts verified addresses only.
  await database.query('UPDATE users SET verified_at = now() WHERE verified_at IS NULL');
  const tokens = {
    anonymous: undefined,
    user: user.token,
    other: other.token,
    superuser: await server.signIn(),
  };
  // Keeps the callers' sign-ins recent during long test runs.
  await database.query("UPDATE sessions SET authenticated_at = now() + interval '1 day'");
  const newDashboard = async () => {
    const widgets = [
      { moduleId: 'probe', widgetId: 'count', params: { limit: 2 }, x: 0, y: 0, w: 1, h: 1 },
    ];
    return (
      await server.rest('POST', '/dashboards', {
        token: user.token,
        body: { name: 'Made', widgets },
      })
    ).body;
  };
  const runId = randomUUID();
  await database.query(finishedRun, [runId]);
  for (const id of ['probe', 'still']) {
    await until(
      async () =>
        (await server.rest('GET', `/modules/${id}`, { token: user.token })).body.status === 'ready',
    );
  }

  return {
    server,
    database,
    runId,
    newDashboard,
    guest,
    clients: createClients(server.origin),
    dashboardId: (await newDashboard()).id,
    tokenOf: (caller) => tokens[caller],
    keys: createKeys(server, user.token),
    async signIn({ email, password } = guest) {
      const { status, body, text } = await server.rest('POST', '/auth/login', {
        body: { email, password },
      });
      if (status !== 200) throw new Error(`Sign-in failed with ${status}: ${text}`);
      return body;
    },
    async close() {
      await database.end();
      await server.close();
      await probe.remove();
    },
  };
}

const finishedRun = `
  INSERT INTO module_runs (id, module_id, status, trigger, progress_done, progress_total, events, started_at, finished_at)
  VALUES ($1, 'probe', 'succeeded', 'manual', 2, 2, 7, now(), now())`;
