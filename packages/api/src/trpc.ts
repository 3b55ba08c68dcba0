import {
  type Actor,
  AppError,
  forbidden,
  insufficientScope,
  passwordChangeRequired,
} from '@synap/contracts';
import { toProblem } from '@synap/rest/problem';
import { readSuperjson } from '@synap/rpc/superjson';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import type { Context } from './context.js';
import type { ErrorShape } from './error-shape.js';
import { readProblemSource, toTRPCError } from './errors.js';
import type { Meta } from './meta.js';

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    // superjson itself would build any type and size that the input's annotations request.
    transformer: {
      input: { serialize: superjson.serialize, deserialize: readSuperjson },
      output: superjson,
    },
    isDev: false,
    errorFormatter({ shape, error, ctx }): ErrorShape {
      const problem = toProblem(error, {
        requestId: ctx?.call.requestId,
        readSource: readProblemSource,
      });
      return {
        ...shape,
        message: problem.detail,
        data: {
          code: shape.data.code,
          httpStatus: shape.data.httpStatus,
          path: shape.data.path,
          problem,
        },
      };
    },
  });

export const router = t.router;

/**
 * Converts `AppError`s to tRPC errors; all others stay internal errors, whose messages are not
 * exposed.
 */
const convertAppErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AppError) throw toTRPCError(result.error.cause);
  return result;
});

const base = t.procedure.use(convertAppErrors);

/** Public. */
export const publicProcedure = base.meta({ access: 'public' });

/**
 * @throws `insufficient_scope` if the acting API key lacks the scope. Procedures without a scope
 *   reject API keys.
 */
function requireScope(actor: Actor, { scope }: Meta = {}): void {
  if (actor.kind !== 'user' || !actor.key) return;
  if (!scope)
    throw insufficientScope('API keys cannot call this: sign in and send the access token.');
  if (!actor.key.scopes.includes(scope))
    throw insufficientScope(`This API key lacks the scope "${scope}".`, scope);
}

/** Requires a signed-in user, or an API key with the scope. */
export const authedProcedure = base.meta({ access: 'user' }).use(async ({ ctx, meta, next }) => {
  const actor = await ctx.authenticate();
  if (actor.kind !== 'user')
    throw new AppError(
      'unauthenticated',
      'Sign in first: this needs an access token or an API key as "Authorization: Bearer …".',
    );
  requireScope(actor, meta);
  // API keys are blocked until their owner has changed the password.
  if (actor.mustChangePassword && (actor.key || !meta?.beforePasswordChange))
    throw passwordChangeRequired();
  return next({ ctx: { ...ctx, call: { ...ctx.call, actor } } });
});

/** For local testing: requires the token from the data folder. */
export const privateProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.hasPrivateToken)
    throw forbidden(
      'Send the content of "private-api-token", a file in the data folder, as X-Synap-Private-Token.',
    );
  return next();
});

/** Public; authenticates if a token is present. A cookie replaces an expired access token. */
export const cookieProcedure = publicProcedure.use(async ({ ctx, meta, next }) => {
  const actor = await ctx.authenticate().catch((error: unknown) => {
    const gone =
      error instanceof AppError && error.code === 'unauthenticated' && ctx.call.cookie?.present;
    if (!gone) throw error;
    return ctx.call.actor;
  });
  requireScope(actor, meta);
  return next({ ctx: { ...ctx, call: { ...ctx.call, actor } } });
});

/** Requires a superuser; others get `forbidden`, not `not_found`. */
export const superuserProcedure = authedProcedure
  .meta({ access: 'superuser' })
  .use(({ ctx, next }) => {
    if (ctx.call.actor.role !== 'superuser')
      throw new AppError('forbidden', 'Superuser role required.');
    return next();
  });
