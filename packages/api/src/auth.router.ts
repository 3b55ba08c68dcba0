import { auth } from '@synap/contracts';
import { authExamples } from './auth.examples.js';
import { authedProcedure, publicProcedure, router } from './trpc.js';

const tags = ['auth'];
/** Answers hold secrets: they are kept nowhere, under no key. */
const secret = { noStore: true, idempotent: false } as const;

export const authRouter = router({
  register: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/register',
        tags,
        summary: 'Sign up',
        successStatus: 202,
        ...secret,
        errors: [403, 503],
        examples: authExamples.register,
      },
    })
    .input(auth.register.input)
    .output(auth.register.output)
    .mutation(({ ctx, input }) => ctx.services.auth.register(ctx.call, input)),

  login: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/login',
        tags,
        summary: 'Sign in',
        ...secret,
        errors: [401, 403],
        examples: authExamples.login,
      },
    })
    .input(auth.login.input)
    .output(auth.login.output)
    .mutation(({ ctx, input }) => ctx.services.auth.login(ctx.call, input)),

  refresh: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/refresh',
        tags,
        summary: 'Change a refresh token for new tokens',
        ...secret,
        errors: [401],
        examples: authExamples.refresh,
      },
    })
    .input(auth.refresh.input)
    .output(auth.refresh.output)
    .mutation(({ ctx, input }) => ctx.services.auth.refresh(ctx.call, input)),

  logout: authedProcedure
    .meta({
      scope: null,
      openapi: { method: 'POST', path: '/auth/logout', tags, summary: 'End this session', successStatus: 204, ...secret },
    })
    .output(auth.logout.output)
    .mutation(({ ctx }) => ctx.services.auth.logout(ctx.call)),

  me: authedProcedure
    .meta({
      scope: 'profile:read',
      openapi: { method: 'GET', path: '/auth/me', tags, summary: 'Who is signed in', noStore: true, examples: authExamples.me },
    })
    .output(auth.me.output)
    .query(({ ctx }) => ctx.services.auth.me(ctx.call)),
});
