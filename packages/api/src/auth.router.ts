import { auth } from '@synap/contracts';
import { authExamples } from './auth.examples.js';
import { authSessionsRouter } from './auth-sessions.router.js';
import { authedProcedure, cookieProcedure, publicProcedure, router } from './trpc.js';

const tags = ['auth'];
const cookieRule =
  "The cookie requires an `Origin` that is the service's own or in `CORS_ORIGINS`, and the header `X-Synap-Client: 1`; otherwise the call is forbidden.";
/** Responses contain secrets: no cache and no idempotency store may keep them. */
const secret = { noStore: true, idempotent: false } as const;

/** Paths of common templates, as aliases for those who migrate. */
const aliasesSince = '2026-11-26';
const sameAnswer =
  'The response is the same whether or not the address has an account; its owner gets a mail.';

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
          'With `cookie: true`, for browsers: the refresh token is set as the cookie `__Host-rt-<8 hex digits>` (`__Secure-rt-…` if the service has a path below its host name, `rt-…` on plain localhost), which scripts cannot read, and is not in the response. The digits distinguish installations under one host name. Replacing a cookie ends its session.',
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
        summary: 'Exchange a refresh token for new tokens',
        description: `Without \`refreshToken\` the cookie is used, and the next token is set as the cookie. ${cookieRule}`,
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
        summary: 'Sign in with the OAuth2 password form',
        description:
          'For tools that support only this form, with `PASSWORD_GRANT=on`; otherwise the error is `unsupported_grant_type` (RFC 9700 §2.4). Errors are those of RFC 6749 §5.2, a wrong password is `invalid_grant`; only rate limits (429), server errors and forms of other sites (403) are problem details. `POST /auth/login` does the same.',
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
        summary: 'Verify an address with the link in a mail',
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
        summary: 'Send the verification mail again',
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
        summary: 'Send a password reset mail',
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
        summary: 'Set a new password with the link in a mail',
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
        summary: 'Confirm the password again',
        description:
          'For ten minutes this session may then make calls that otherwise return 403 `reauthentication_required`.',
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
        description: `Without an access token the cookie is sufficient. ${cookieRule}`,
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
        summary: 'Get the current user',
        noStore: true,
        examples: authExamples.me,
      },
    })
    .output(auth.me.output)
    .query(({ ctx }) => ctx.services.auth.me(ctx.call)),

  sessions: authSessionsRouter,
});
