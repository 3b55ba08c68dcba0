import fastify from 'fastify';
import { z } from 'zod';
import { dashboardSchema, getDashboard, idSchema } from './dashboard-row.js';
import { userIdOf } from './identity.js';
import { announce } from './serve.js';

/** Fastify with its serializer, which writes only what the schema declares. */
const app = fastify();
const response = z.toJSONSchema(dashboardSchema, {
  target: 'draft-7',
  unrepresentable: 'any',
  override({ zodSchema, jsonSchema }) {
    if (zodSchema._zod.def.type !== 'date') return;
    jsonSchema.type = 'string';
    jsonSchema.format = 'date-time';
  },
});

app.get('/dashboards/:id', { schema: { response: { 200: response } } }, (request) => {
  const { id } = idSchema.parse(request.params);
  return getDashboard(id, userIdOf(request.headers.authorization));
});

await app.ready();
announce(app.server);
