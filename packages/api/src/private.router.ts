import { privateUsers } from '@synap/contracts';
import { privateExamples } from './private.examples.js';
import { publicProcedure, router } from './trpc.js';

const tags = ['private'];

/** For trials on one's own machine, without signing in. Elsewhere it is not served at all. */
export const privateRouter = router({
  createUser: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/private/users',
        tags,
        summary: 'Make an account without signing in',
        description: 'Served with `SYNAP_ENV=local` on the loopback address only.',
        successStatus: 201,
        ...{ noStore: true, idempotent: false },
        errors: [409],
        examples: privateExamples.createUser,
      },
    })
    .input(privateUsers.create.input)
    .output(privateUsers.create.output)
    .mutation(({ ctx, input }) => ctx.services.privateUsers.create(ctx.call, input)),
});
