import { apiKeys } from '@synap/contracts';
import { apiKeysExamples } from './api-keys.examples.js';
import { authedProcedure, router } from './trpc.js';

const tags = ['api-keys'];

/** API keys cannot manage API keys. */
export const apiKeysRouter = router({
  list: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/api-keys',
        tags,
        summary: 'List my API keys',
        noStore: true,
        examples: apiKeysExamples.list,
      },
    })
    .input(apiKeys.list.input)
    .output(apiKeys.list.output)
    .query(({ ctx, input }) => ctx.services.apiKeys.list(ctx.call, input)),

  create: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/api-keys',
        tags,
        summary: 'Create an API key',
        description:
          'The response contains the key itself, only this once: the server stores a hash.',
        successStatus: 201,
        location: '/api-keys/{id}',
        noStore: true,
        idempotent: false,
        errors: [404, 409],
        examples: apiKeysExamples.create,
      },
    })
    .input(apiKeys.create.input)
    .output(apiKeys.create.output)
    .mutation(({ ctx, input }) => ctx.services.apiKeys.create(ctx.call, input)),

  remove: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'DELETE',
        path: '/api-keys/{id}',
        tags,
        summary: 'Remove an API key, effective at once',
        successStatus: 204,
        noStore: true,
        examples: apiKeysExamples.remove,
      },
    })
    .input(apiKeys.remove.input)
    .output(apiKeys.remove.output)
    .mutation(({ ctx, input }) => ctx.services.apiKeys.remove(ctx.call, input)),
});
