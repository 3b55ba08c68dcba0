import { authSessions } from '@synap/contracts';
import { authExamples } from './auth.examples.js';
import { authedProcedure, router } from './trpc.js';

const tags = ['auth'];

export const authSessionsRouter = router({
  list: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'GET',
        path: '/auth/sessions',
        tags,
        summary: 'List my sessions',
        noStore: true,
        examples: authExamples.sessionsList,
      },
    })
    .input(authSessions.list.input)
    .output(authSessions.list.output)
    .query(({ ctx, input }) => ctx.services.authSessions.list(ctx.call, input)),

  revoke: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'DELETE',
        path: '/auth/sessions/{id}',
        tags,
        summary: 'End one of my sessions',
        successStatus: 204,
        noStore: true,
        examples: authExamples.sessionsRevoke,
      },
    })
    .input(authSessions.revoke.input)
    .output(authSessions.revoke.output)
    .mutation(({ ctx, input }) => ctx.services.authSessions.revoke(ctx.call, input)),

  revokeOthers: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'DELETE',
        path: '/auth/sessions',
        tags,
        summary: 'End all my other sessions',
        successStatus: 204,
        noStore: true,
      },
    })
    .output(authSessions.revokeOthers.output)
    .mutation(({ ctx }) => ctx.services.authSessions.revokeOthers(ctx.call)),
});
