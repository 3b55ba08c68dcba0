import { auth } from '@synap/contracts';
import { authExamples } from './auth.examples.js';
import { authSessionsRouter } from './auth-sessions.router.js';
import { authedProcedure, cookieProcedure, publicProcedure, router } from './trpc.js';

const tags = ['auth'];
const cookieRule =
  "The cookie counts only with an `Origin` that is the service's own or in `CORS_ORIGINS`, and with the header `X-Synap-Client: 1`; else the call is forbidden.";
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
        description:
          'With `cookie: true`, for browsers: the refresh token is set as the cookie `__Host-rt` (`rt` on plain localhost), which no script can read, and is not in the answer.',
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
        description: `Without \`refreshToken\` the one in the cookie is taken, and the next one is set as the cookie. ${cookieRule}`,
        ...secret,
        errors: [401, 403],
        examples: authExamples.refresh,
      },
    })
    .input(auth.refresh.input)
    .output(auth.refresh.output)
    .mutation(({ ctx, input }) => ctx.services.auth.refresh(ctx.call, input)),

  token: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/login/access-token',
        tags,
        summary: 'Sign in by the OAuth2 password form',
        description: 'For tools that know this form only; `POST /auth/login` does the same.',
        form: true,
        deprecated: true,
        ...secret,
        errors: [401, 403],
        examples: authExamples.token,
      },
    })
    .input(auth.token.input)
    .output(auth.token.output)
    .mutation(({ ctx, input }) => ctx.services.auth.token(ctx.call, input)),

  logout: cookieProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/logout',
        tags,
        summary: 'End this session',
        description: `Where the access token is gone, the cookie alone is enough. ${cookieRule}`,
        protect: true,
        successStatus: 204,
        ...secret,
        errors: [401, 403],
      },
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

  sessions: authSessionsRouter,
});
