import { users } from '@synap/contracts';
import { authedProcedure, router } from './trpc.js';
import { usersExamples } from './users.examples.js';

const tags = ['users'];

export const usersRouter = router({
  me: router({
    get: authedProcedure
      .meta({
        scope: 'profile:read',
        openapi: { method: 'GET', path: '/users/me', tags, summary: 'My profile', examples: usersExamples.me },
      })
      .output(users.me.output)
      .query(({ ctx }) => ctx.services.users.me(ctx.call)),

    update: authedProcedure
      .meta({
        scope: 'profile:write',
        openapi: { method: 'PATCH', path: '/users/me', tags, summary: 'Change my profile', examples: usersExamples.updateMe },
      })
      .input(users.updateMe.input)
      .output(users.updateMe.output)
      .mutation(({ ctx, input }) => ctx.services.users.updateMe(ctx.call, input)),

    changePassword: authedProcedure
      .meta({
        scope: null,
        openapi: {
          method: 'POST',
          path: '/users/me/password',
          tags,
          summary: 'Change my password',
          description: 'Ends all other sessions.',
          successStatus: 204,
          ...{ noStore: true, idempotent: false },
          errors: [409],
          examples: usersExamples.changePassword,
        },
      })
      .input(users.changePassword.input)
      .output(users.changePassword.output)
      .mutation(({ ctx, input }) => ctx.services.users.changePassword(ctx.call, input)),
  }),
});
