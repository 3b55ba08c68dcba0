import { privateUsers } from '@synap/contracts';
import { privateExamples } from './private.examples.js';
import { privateProcedure, router } from './trpc.js';

const tags = ['private'];

/** For local testing without sign-in; served only if the operator enables it. */
export const privateRouter = router({
  createUser: privateProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/private/users',
        tags,
        summary: 'Create a user without signing in',
        description:
          'Served with `SYNAP_ENV=local` and `SYNAP_PRIVATE_API=on` only. The header `X-Synap-Private-Token` must hold the content of `private-api-token` in the data folder.',
        successStatus: 201,
        noStore: true,
        idempotent: false,
        errors: [403, 409],
        examples: privateExamples.createUser,
      },
    })
    .input(privateUsers.create.input)
    .output(privateUsers.create.output)
    .mutation(({ ctx, input }) => ctx.services.privateUsers.create(ctx.call, input)),
});
