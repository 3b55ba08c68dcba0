import { auth } from '@synap/contracts';
import { authExamples } from './auth.examples.js';
import { authSessionsRouter } from './auth-sessions.router.js';
import { authedProcedure, cookieProcedure, publicProcedure, router } from './trpc.js';

const tags = ['auth'];
const cookieRule =
  "The cookie counts only with an `Origin` that is the service's own or in `CORS_ORIGINS`, and with the header `X-Synap-Client: 1`; else the call is forbidden.";
/** Answers hold secrets: they are kept nowhere, under no key. */
const secret = { noStore: true, idempotent: false } as const;

/** Addresses of the templates that people come from. */
const aliasesSince = '2026-11-26';
const sameAnswer =
  'The answer is the same whether the address has an account or not; its owner gets a mail.';

export const authRouter = router({
  register: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/register',
        tags,
        summary: 'Sign up',
        description: sameAnswer,
        successStatus: 202,
        aliases: [{ method: 'POST', path: '/users/signup', deprecatedSince: aliasesSince }],
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
          'With `cookie: true`, for browsers: the refresh token is set as the cookie `__Host-rt-<8 hex digits>` (`__Secure-rt-…` where the service has a path below its host name, `rt-…` on plain localhost), which no script can read, and is not in the answer. The digits tell installations under one host name apart. A cookie that is replaced ends its session.',
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
        description:
          'For tools that know this form only, with `PASSWORD_GRANT=on`; else it answers `unsupported_grant_type` (RFC 9700 §2.4). Errors are those of RFC 6749 §5.2, a wrong password is `invalid_grant`; only limits (429), faults of the server and forms of other sites (403) are problem details. `POST /auth/login` does the same.',
        form: true,
        errorFormat: 'oauth2',
        replacedBy: { path: '/auth/login', since: aliasesSince },
        ...secret,
        errors: [403],
        examples: authExamples.token,
      },
    })
    .input(auth.token.input)
    .output(auth.token.output)
    .mutation(({ ctx, input }) => ctx.services.auth.token(ctx.call, input)),

  verify: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/verify',
        tags,
        summary: 'Verify an address by the link in a mail',
        successStatus: 204,
        ...secret,
        examples: authExamples.verify,
      },
    })
    .input(auth.verify.input)
    .output(auth.verify.output)
    .mutation(({ ctx, input }) => ctx.services.auth.verify(ctx.call, input)),

  resend: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/resend',
        tags,
        summary: 'Mail the link for verification again',
        description: sameAnswer,
        successStatus: 202,
        ...secret,
        examples: authExamples.resend,
      },
    })
    .input(auth.resend.input)
    .output(auth.resend.output)
    .mutation(({ ctx, input }) => ctx.services.auth.resend(ctx.call, input)),

  forgot: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/forgot',
        tags,
        summary: 'Mail a link for a new password',
        description: sameAnswer,
        successStatus: 202,
        aliases: [
          { method: 'POST', path: '/password-recovery/{email}', deprecatedSince: aliasesSince },
        ],
        ...secret,
        examples: authExamples.forgot,
      },
    })
    .input(auth.forgot.input)
    .output(auth.forgot.output)
    .mutation(({ ctx, input }) => ctx.services.auth.forgot(ctx.call, input)),

  reset: publicProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/reset',
        tags,
        summary: 'Choose a new password by the link in a mail',
        description: 'Ends all sessions of the account.',
        successStatus: 204,
        aliases: [{ method: 'POST', path: '/reset-password', deprecatedSince: aliasesSince }],
        ...secret,
        examples: authExamples.reset,
      },
    })
    .input(auth.reset.input)
    .output(auth.reset.output)
    .mutation(({ ctx, input }) => ctx.services.auth.reset(ctx.call, input)),

  reauthenticate: authedProcedure
    .meta({
      scope: null,
      openapi: {
        method: 'POST',
        path: '/auth/reauthenticate',
        tags,
        summary: 'Give the password again',
        description:
          'For ten minutes this session may then do what answers 403 `reauthentication_required` otherwise.',
        successStatus: 204,
        ...secret,
        examples: authExamples.reauthenticate,
      },
    })
    .input(auth.reauthenticate.input)
    .output(auth.reauthenticate.output)
    .mutation(({ ctx, input }) => ctx.services.auth.reauthenticate(ctx.call, input)),

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
      beforePasswordChange: true,
      openapi: {
        method: 'GET',
        path: '/auth/me',
        tags,
        summary: 'Who is signed in',
        noStore: true,
        examples: authExamples.me,
      },
    })
    .output(auth.me.output)
    .query(({ ctx }) => ctx.services.auth.me(ctx.call)),

  sessions: authSessionsRouter,
});
