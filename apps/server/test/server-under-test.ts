import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@synap/testing';
import { pino } from 'pino';
import { type RunningServer, startServer } from '../src/compose/server.js';
import { parseEnvironment } from '../src/config/env.js';
import type { ConnectionLimits } from '../src/http/connections/index.js';
import { serializers } from '../src/observability/logger.js';
import { openErrorReports } from '../src/observability/open-error-reports.js';

export const admin = { email: 'admin@example.com', password: 'correct horse battery staple' };

export interface ServerUnderTest {
  origin: string;
  database: TestDatabase;
  running: RunningServer;
  dataDir: string;
  /** Log of the server, as JSON lines. */
  logged: string[];
  /** Lines that the server printed for the operator. */
  printed: string[];
  /** Calls REST; returns status, headers and the body, parsed if it is JSON. */
  rest(method: string, target: string, options?: RestOptions): Promise<RestResponse>;
  /** Signs in and returns the access token. */
  signIn(account?: { email: string; password: string }): Promise<string>;
  /** Registers a new ordinary user and signs in. */
  newUser(): Promise<{ email: string; password: string; token: string }>;
  close(): Promise<void>;
}

interface RestOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface RestResponse {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a foreign client sees is untyped; tests say what they expect of it
  body: any;
  text: string;
}

export interface ServerOptions {
  variables?: Record<string, string>;
  /** Set to false to start on an empty database. @default true */
  migrated?: boolean;
  /** Replaces the address of the test database. */
  databaseUrl?: string;
  waitUntilReady?: boolean;
  connectionLimits?: Partial<ConnectionLimits>;
}

/** Starts the whole server on real sockets, with a new database and data folder. */
export async function startServerUnderTest({
  variables = {},
  migrated = true,
  databaseUrl,
  waitUntilReady = true,
  connectionLimits,
}: ServerOptions = {}): Promise<ServerUnderTest> {
  const database = await createTestDatabase({ migrated });
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'synap-e2e-'));
  const logged: string[] = [];
  const printed: string[] = [];
  const all = {
    DATABASE_URL: databaseUrl ?? database.url,
    SYNAP_DATA_DIR: dataDir,
    PORT: '0',
    SIGNUP: 'open',
    RATE_LIMIT_FACTOR: '1000',
    SYNAP_ADMIN_EMAIL: admin.email,
    SYNAP_ADMIN_PASSWORD: admin.password,
    PATH: process.env.PATH,
    ...variables,
  };
  const environment = parseEnvironment(all);
  const errors = await openErrorReports(environment);
  const running = await startServer({
    environment,
    errors,
    // Test clients keep unused connections open.
    connectionLimits: { lingerMs: 0, ...connectionLimits },
    variables: all,
    log: pino({ level: 'info', serializers }, { write: (line: string) => void logged.push(line) }),
    print: (line) => void printed.push(line),
  });
  if (waitUntilReady) await running.ready;
  const origin = `http://127.0.0.1:${running.port}`;
  let people = 0;

  const rest: ServerUnderTest['rest'] = async (method, target, { token, body, headers } = {}) => {
    const answer = await fetch(`${origin}/api/v1${target}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return {
      status: answer.status,
      headers: answer.headers,
      body: json ? JSON.parse(text) : undefined,
      text,
    };
  };
  const signIn: ServerUnderTest['signIn'] = async (account = admin) => {
    const { status, body } = await rest('POST', '/auth/login', { body: account });
    if (status !== 200) throw new Error(`Sign-in failed with ${status}: ${JSON.stringify(body)}`);
    return body.accessToken;
  };

  return {
    origin,
    database,
    running,
    dataDir,
    logged,
    printed,
    rest,
    signIn,
    async newUser() {
      people += 1;
      const account = { email: `person${people}@example.org`, password: 'a passphrase for tests' };
      await rest('POST', '/auth/register', { body: account });
      return { ...account, token: await signIn(account) };
    },
    async close() {
      await running.close();
      await errors.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
