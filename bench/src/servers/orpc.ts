import type { IncomingHttpHeaders } from 'node:http';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import { dashboardSchema, getDashboard, idSchema } from './dashboard-row.js';
import { userIdOf } from './identity.js';
import { serve } from './serve.js';

const router = {
  get: os
    .$context<{ headers: IncomingHttpHeaders }>()
    .route({ method: 'GET', path: '/dashboards/{id}' })
    .input(idSchema)
    .output(dashboardSchema)
    .handler(({ input, context }) =>
      getDashboard(input.id, userIdOf(context.headers.authorization)),
    ),
};

const openApi = new OpenAPIHandler(router);
const rpc = new RPCHandler(router);

serve(async (req, res) => {
  const context = { headers: req.headers };
  const { matched } = req.url?.startsWith('/rpc')
    ? await rpc.handle(req, res, { prefix: '/rpc', context })
    : await openApi.handle(req, res, { prefix: '/api', context });
  if (!matched) res.writeHead(404).end();
});
