import { auth } from '@synap/contracts';
import { authedProcedure, publicProcedure, router } from './trpc.js';

const tags = ['auth'];

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
        noStore: true,
        errors: [403, 503],
      },
    })
    .input(auth.register.input)
    .output(auth.register.output)
    .mutation(({ ctx, input }) => ctx.services.auth.register(ctx.call, input)),

  login: publicProcedure
    .meta({
      scope: null,
      openapi: { method: 'POST', path: '/auth/login', tags, summary: 'Sign in', noStore: true, errors: [401, 403] },
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
        noStore: true,
        errors: [401],
      },
    })
    .input(auth.refresh.input)
    .output(auth.refresh.output)
    .mutation(({ ctx, input }) => ctx.services.auth.refresh(ctx.call, input)),

  logout: authedProcedure
    .meta({
      scope: null,
      openapi: { method: 'POST', path: '/auth/logout', tags, summary: 'End this session', successStatus: 204, noStore: true },
    })
    .output(auth.logout.output)
    .mutation(({ ctx }) => ctx.services.auth.logout(ctx.call)),

  me: authedProcedure
    .meta({
      scope: 'profile:read',
      openapi: { method: 'GET', path: '/auth/me', tags, summary: 'Who is signed in', noStore: true },
    })
    .output(auth.me.output)
    .query(({ ctx }) => ctx.services.auth.me(ctx.call)),
});
