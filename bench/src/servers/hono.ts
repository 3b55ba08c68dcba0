import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { getDashboard, idSchema } from './dashboard-row.js';
import { userIdOf } from './identity.js';
import { serve } from './serve.js';

const app = new Hono().get('/dashboards/:id', async (context) => {
  const { id } = idSchema.parse(context.req.param());
  return context.json(await getDashboard(id, userIdOf(context.req.header('authorization'))));
});

serve(getRequestListener(app.fetch));
