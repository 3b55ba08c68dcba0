import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { appRouter, readProblemSource } from '@synap/api';
import {
  type Dashboard,
  features,
  notFound,
  type Services,
  staleVersion,
  unavailable,
} from '@synap/contracts';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createSessions } from './sessions.js';

/** Handles a request in place of the router. Returns false to leave it to the router. */
export type Intercept = (req: IncomingMessage, res: ServerResponse) => boolean;

export type TestServer = Awaited<ReturnType<typeof serveSynap>>;

/** Serves the product's own router over HTTP, with services in memory. */
export async function serveSynap() {
  const sessions = createSessions();
  const dashboards: Dashboard[] = [];
  const paths: string[] = [];
  const control: { intercept: Intercept } = { intercept: () => false };
  const services = createServices(sessions, dashboards);

  const handler = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBatchSize: 10,
    createContext: ({ req, info }) => {
      const anonymous = { kind: 'anonymous' } as const;
      const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
      const call = {
        actor: anonymous,
        requestId: randomUUID(),
        address: '127.0.0.1',
        signal: info.signal,
      };
      return {
        services,
        call,
        hasPrivateToken: false,
        async authenticate() {
          await sessions.settings.beforeAuthentication(req.url ?? '');
          return token ? sessions.authenticate(token) : anonymous;
        },
      };
    },
    responseMeta: ({ errors }) => {
      const source = errors.map(readProblemSource).find((found) => found?.headers);
      return source ? { headers: { ...source.headers } } : {};
    },
  });
  const server = createServer((req, res) => {
    paths.push(new URL(req.url ?? '/', 'http://localhost').pathname);
    if (!control.intercept(req, res)) handler(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');

  return {
    ...sessions,
    url: `http://127.0.0.1:${address.port}`,
    dashboards,
    /** Path of each request so far. */
    paths,
    control,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createServices(
  { auth, authSessions, user }: ReturnType<typeof createSessions>,
  stored: Dashboard[],
): Services {
  const absent = absentServices();
  return {
    ...absent,
    auth,
    authSessions,
    users: {
      ...absent.users,
      me: async () => user,
      updateMe: async (_call, { name = user.name }) => ({ ...user, name }),
    },
    system: {
      ...absent.system,
      health: async () => ({ status: 'ok', database: 'ready', version: '0.0.0' }),
      meta: async () => ({
        name: 'Synap',
        version: '0.0.0',
        environment: 'local',
        signup: 'closed',
        docs: null,
      }),
    },
    modules: { ...absent.modules, list: async () => ({ items: [], nextCursor: null }) },
    widgets: {
      list: async () => ({ items: [], nextCursor: null }),
      async data() {
        throw unavailable('The data is not loaded yet', 1);
      },
    },
    dashboards: {
      ...absent.dashboards,
      async list(_call, { cursor = '0', size }) {
        const end = Number(cursor) + size;
        const items = stored
          .slice(Number(cursor), end)
          .map(({ widgets, ...rest }) => ({ ...rest, widgetCount: widgets.length }));
        return { items, nextCursor: end < stored.length ? String(end) : null };
      },
      async create(_call, { name }) {
        const now = new Date();
        const dashboard: Dashboard = {
          id: randomUUID(),
          name,
          version: 1,
          widgets: [],
          createdAt: now,
          updatedAt: now,
        };
        stored.push(dashboard);
        return dashboard;
      },
      async get(_call, { id }) {
        const found = stored.find((dashboard) => dashboard.id === id);
        if (!found) throw notFound('Dashboard not found');
        return found;
      },
      async save() {
        throw staleVersion('The dashboard was changed in the meantime: read it again');
      },
    },
  };
}

/** Services of all features, whose methods find nothing. */
function absentServices(): Services;
function absentServices(): Record<string, object> {
  const absent = async () => {
    throw notFound('There is nothing of the kind here');
  };
  return Object.fromEntries(
    Object.entries(features).map(([name, contract]) => [
      name,
      Object.fromEntries(Object.keys(contract).map((method) => [method, absent])),
    ]),
  );
}

/** Responds with a problem object outside tRPC's envelope, as the layers before the router do. */
export function sendProblem(
  res: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): true {
  const problem = {
    type: 'about:blank',
    title: code,
    status,
    detail: `Rejected: ${code}`,
    code,
    requestId: 'r-1',
  };
  res
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify(problem));
  return true;
}

/** Responds with an HTML page, as a proxy does. */
export function sendPage(res: ServerResponse, status: number): true {
  res.writeHead(status, { 'content-type': 'text/html' }).end('<html><body>A page</body></html>');
  return true;
}

/** Closes the connection without a response. */
export function hangUp(req: IncomingMessage): true {
  req.socket.destroy();
  return true;
}

/** Applies `intercept` to requests whose URL contains `part`. */
export const onPath =
  (part: string, intercept: Intercept): Intercept =>
  (req, res) =>
    (req.url ?? '').includes(part) && intercept(req, res);
