import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { TRPCError } from '@trpc/server';
import express from 'express';
import { createRestHandler } from '../handler.js';
import type { RestFailure, RestHandler, RestHandlerOptions } from '../options.js';
import { type DemoContext, DemoError, type DemoRouter, demoRouter } from './demo-router.js';

export interface DemoServer {
  readonly url: string;
  readonly failures: RestFailure<DemoContext>[];
  close(): Promise<void>;
}

export type ServerKind = 'node:http' | 'Express 5';

export function createDemoHandler(
  failures: RestFailure<DemoContext>[],
  options: Partial<RestHandlerOptions<DemoRouter>> = {},
): RestHandler {
  return createRestHandler({
    router: demoRouter,
    basePath: '/api/v1',
    deprecatedBasePaths: [{ path: '/api', since: '2026-02-01T00:00:00Z' }],
    createContext: ({ req }) => {
      const token = req.headers.authorization;
      if (token === 'Bearer bad')
        throw new TRPCError({ code: 'UNAUTHORIZED', message: 'The access token is not valid.' });
      return { user: token?.slice('Bearer '.length) };
    },
    readProblemSource: ({ cause }) => {
      if (!(cause instanceof DemoError)) return undefined;
      const headers =
        cause.retryAfter === undefined ? undefined : { 'retry-after': String(cause.retryAfter) };
      return { code: cause.code, detail: cause.message, headers };
    },
    onError: (failure) => failures.push(failure),
    ...options,
  });
}

/** Serves the demo router, with or without Express. */
export async function serveDemo(
  serverKind: ServerKind,
  options: Partial<RestHandlerOptions<DemoRouter>> = {},
): Promise<DemoServer> {
  const failures: RestFailure<DemoContext>[] = [];
  const handler = createDemoHandler(failures, options);
  return { failures, ...(await listen(listenerOf(serverKind, handler))) };
}

function listenerOf(serverKind: ServerKind, handler: RestHandler) {
  if (serverKind === 'node:http') {
    return (req: IncomingMessage, res: ServerResponse) =>
      handler(req, res, () => res.writeHead(418).end());
  }
  const app = express();
  app.use(handler);
  app.use((_req, res) => void res.status(418).end());
  return app;
}

export async function listen(listener: (req: IncomingMessage, res: ServerResponse) => void) {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!isAddress(address)) throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends the request unchanged: no path normalization, no headers except Host. */
export function send(
  url: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length =
      body === undefined || 'transfer-encoding' in headers
        ? {}
        : { 'content-length': String(Buffer.byteLength(body)) };
    const req = httpRequest(
      { hostname, port, path, method, headers: { ...length, ...headers }, agent: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
        res.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}
