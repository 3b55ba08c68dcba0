import { createServer } from 'node:http';
import { createRestHandler, type RestMeta } from '@synap/rest';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { portOf } from './port.js';

/**
 * Serves routers of 10, 200 and 1,000 routes with the REST handler: route lookup must not become
 * slower with more routes.
 */
const t = initTRPC.meta<RestMeta>().create();

function routerOf(count: number) {
  const procedure = (index: number) =>
    t.procedure
      .meta({ openapi: { method: 'GET', path: `/resource${index}/{id}/parts/{part}` } })
      .input(z.object({ id: z.string(), part: z.string() }))
      .output(z.object({ id: z.string() }))
      .query(({ input }) => ({ id: input.id }));
  return t.router(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`get${index}`, procedure(index)]),
    ),
  );
}

const ports: Record<string, number> = {};
for (const count of [10, 200, 1000]) {
  const handler = createRestHandler({ router: routerOf(count), createContext: () => ({}) });
  const server = createServer((req, res) => handler(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports[count] = portOf(server);
}
console.log(JSON.stringify(ports));
