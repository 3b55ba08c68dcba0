import { createServer } from 'node:http';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import superjson from 'superjson';
import { dashboardSchema, getDashboard, idSchema } from './dashboard-row.js';
import { userIdOf } from './identity.js';
import { announce } from './serve.js';

/** tRPC as its documentation sets it up: Express adapter, superjson, context with the user. */
const t = initTRPC.context<{ userId: string }>().create({ transformer: superjson });

const router = t.router({
  dashboards: t.router({
    get: t.procedure
      .input(idSchema)
      .output(dashboardSchema)
      .query(({ input, ctx }) => getDashboard(input.id, ctx.userId)),
  }),
});

const app = express().use(
  '/trpc',
  createExpressMiddleware({
    router,
    createContext: ({ req }) => ({ userId: userIdOf(req.headers.authorization) }),
  }),
);

announce(createServer(app));
