import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createRpcHandler } from '../handler.js';
import type { RpcHandlerOptions } from '../options.js';
import {
  createDemoRouter,
  type DemoMeta,
  type DemoOptions,
  type DemoRouter,
} from './demo-router.js';

export interface Listening {
  readonly port: number;
  readonly server: Server;
  /** Short form of the errors passed to `onError`. */
  readonly errors: unknown[];
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions
  extends DemoOptions,
    Partial<Omit<RpcHandlerOptions<DemoRouter>, 'router'>> {}

const isDemoMeta = (meta: unknown): meta is DemoMeta => typeof meta === 'object' && meta !== null;

export const demoLimits = {
  maxBatchSize: 3,
  bodyLimit: 200,
  bodyLimitOf: (_path: string, meta: unknown) => (isDemoMeta(meta) ? meta.bodyLimit : undefined),
  uploadTypesOf: (_path: string, meta: unknown) =>
    isDemoMeta(meta) && meta.uploads ? [meta.uploads] : undefined,
};

export async function listen(
  listener: RequestListener,
  errors: unknown[] = [],
): Promise<Listening> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port, server, errors, url: `http://127.0.0.1:${port}/trpc`, close };
}

function remember(errors: unknown[]): NonNullable<RpcHandlerOptions<DemoRouter>['onError']> {
  return ({ error, path, type, input, ctx }) => {
    errors.push({
      code: error.code,
      message: error.message,
      path,
      type,
      input,
      hasContext: ctx !== undefined,
    });
  };
}

/** Serves the demo router with our handler. */
export function serveWithRpcHandler(options: ServeOptions = {}): Promise<Listening> {
  const errors: unknown[] = [];
  const handler = createRpcHandler({
    ...demoLimits,
    createContext: ({ req, res, signal }) => ({ req, res, signal }),
    onError: remember(errors),
    ...options,
    router: createDemoRouter(options),
  });
  return listen((req, res) => handler(req, res), errors);
}

/** Serves the demo router with tRPC's adapter. */
export function serveWithAdapter(options: ServeOptions = {}): Promise<Listening> {
  const errors: unknown[] = [];
  const createContext = options.createContext ?? (({ req, res, signal }) => ({ req, res, signal }));
  const handler = createHTTPHandler({
    router: createDemoRouter(options),
    basePath: '/trpc',
    maxBatchSize: options.maxBatchSize ?? demoLimits.maxBatchSize,
    maxBodySize: options.bodyLimit ?? demoLimits.bodyLimit,
    createContext: ({ req, res, info }) =>
      createContext({ req, res, calls: [], signal: info.signal }),
    onError: remember(errors),
    responseMeta: options.responseMeta,
  });
  return listen(handler, errors);
}

export interface Sent {
  readonly method?: string;
  /** Path below the base path, with its query. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends the request unchanged, on its own connection. */
export function send(
  to: Listening,
  { method = 'GET', path, headers: ownHeaders = {}, body }: Sent,
): Promise<Received> {
  const isFramed = body === undefined || ownHeaders['transfer-encoding'] !== undefined;
  const headers = isFramed
    ? ownHeaders
    : { ...ownHeaders, 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({
      port: to.port,
      host: '127.0.0.1',
      path: `/trpc/${path}`,
      method,
      agent: false,
      headers,
    });
    outgoing.on('error', reject).on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject).on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('latin1'),
        });
      });
    });
    outgoing.end(body);
  });
}

/** Parts of a response that a client can compare. */
export function comparablePartsOf({ status, headers, body }: Received) {
  const {
    'content-type': type,
    vary,
    allow,
    'cache-control': cacheControl,
    'set-cookie': cookies,
    'x-own': own,
  } = headers;
  return { status, type, vary, allow, cacheControl, cookies, own, body };
}
