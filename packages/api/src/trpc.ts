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
    // superjson itself would build whatever an annotation of the input asks for, of any size.
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
 * A refusal keeps its meaning on the way out; anything else stays an internal error, whose message
 * nobody sees.
 */
const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && result.error.cause instanceof AppError) throw toTRPCError(result.error.cause);
  return result;
});

const base = t.procedure.use(refusals);

/** Open to everybody. */
export const publicProcedure = base.meta({ access: 'public' });

/**
 * Throws where an API key acts that may not call this. Without a scope no key may: what is not said
 * is refused.
 */
function demandScope(actor: Actor, { scope }: Meta = {}): void {
  if (actor.kind !== 'user' || !actor.key) return;
  if (!scope)
    throw insufficientScope('No API key may call this: sign in, and send the access token.');
  if (!actor.key.scopes.includes(scope))
    throw insufficientScope(`This API key lacks the scope "${scope}".`, scope);
}

/** For someone who is signed in, or whose API key has the scope. */
export const authedProcedure = base.meta({ access: 'user' }).use(async ({ ctx, meta, next }) => {
  const actor = await ctx.authenticate();
  if (actor.kind !== 'user')
    throw new AppError(
      'unauthenticated',
      'Sign in first: this needs an access token or an API key as "Authorization: Bearer …".',
    );
  demandScope(actor, meta);
  // A key cannot change the password, so it rests until its owner has.
  if (actor.mustChangePassword && (actor.key || !meta?.beforePasswordChange))
    throw passwordChangeRequired();
  return next({ ctx: { ...ctx, call: { ...ctx.call, actor } } });
});

/** For trials on one's own machine: open to programs that can read the token in the data folder. */
export const privateProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.hasPrivateToken)
    throw forbidden(
      'Send the content of "private-api-token", a file in the data folder, as X-Synap-Private-Token.',
    );
  return next();
});

/**
 * Open to everybody, and told of who is signed in; the cookie of a browser stands in for an access
 * token that is gone.
 */
export const cookieProcedure = publicProcedure.use(async ({ ctx, meta, next }) => {
  const actor = await ctx.authenticate().catch((error: unknown) => {
    const gone =
      error instanceof AppError && error.code === 'unauthenticated' && ctx.call.cookie?.present;
    if (!gone) throw error;
    return ctx.call.actor;
  });
  demandScope(actor, meta);
  return next({ ctx: { ...ctx, call: { ...ctx.call, actor } } });
});

/** For superusers; to all others it is forbidden, not absent. */
export const superuserProcedure = authedProcedure
  .meta({ access: 'superuser' })
  .use(({ ctx, next }) => {
    if (ctx.call.actor.role !== 'superuser')
      throw new AppError('forbidden', 'This is for superusers.');
    return next();
  });
