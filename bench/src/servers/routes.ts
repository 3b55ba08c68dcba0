import { createRestHandler, type RestMeta } from '@synap/rest';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { serve } from './serve.js';

/**
 * Serves as many routes as the argument says with the REST handler: the look-up of a route must not
 * become slower with more routes.
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

const handler = createRestHandler({
  router: routerOf(Number(process.argv[2])),
  createContext: () => ({}),
});
serve((req, res) => void handler(req, res));
