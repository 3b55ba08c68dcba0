import type { Operation, OperationResultEnvelope, TRPCClientError, TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { abortedBy, toSynapError } from '../errors/read-error.js';
import type { AccessControl } from '../session/session.js';
import type { AppRouter } from '../types.js';
import { delayAfter, pause } from './retry.js';
import { assertFits } from './url-length.js';

/** Access token of each attempt of a call, keyed by the attempt's context object. */
export type SentTokens = WeakMap<object, string>;

export interface CallLinkOptions {
  rpcUrl: string;
  access: AccessControl;
  sentTokens: SentTokens;
  /** Number of retries of a query after a transient error. */
  retries: number;
}

/**
 * Procedures that start or renew a session: they cannot wait for one, and renewing it cannot help.
 */
const sessionProcedures: ReadonlySet<string> = new Set([
  'auth.login',
  'auth.refresh',
  'auth.register',
]);

type Send = (
  op: Operation,
) => Promise<OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>>;

/**
 * Adds the access token to each call, repeats it once after renewing the token, and retries queries
 * after transient errors. Never repeats a mutation that may have been executed; after a 401 it was
 * not.
 */
export function callLink({
  rpcUrl,
  access,
  sentTokens,
  retries,
}: CallLinkOptions): TRPCLink<AppRouter> {
  async function sendWithRetries(send: Send, op: Operation, signal: AbortSignal) {
    for (let failures = 1; ; failures += 1) {
      try {
        return await send(op);
      } catch (thrown) {
        const error = toSynapError(thrown);
        const wait = op.type === 'query' ? delayAfter(error, failures, retries) : undefined;
        if (wait === undefined) throw error;
        await pause(wait, signal);
      }
    }
  }

  async function perform(send: Send, op: Operation, signal: AbortSignal) {
    if (op.type === 'query') assertFits(rpcUrl, op);
    if (sessionProcedures.has(op.path)) return sendWithRetries(send, op, signal);
    await access.prepare();
    signal.throwIfAborted();
    const first = { ...op, context: { ...op.context } };
    try {
      return await sendWithRetries(send, first, signal);
    } catch (thrown) {
      const error = toSynapError(thrown);
      const refused = sentTokens.get(first.context);
      if (error.status !== 401 || refused === undefined) throw error;
      await access.renew(refused);
      signal.throwIfAborted();
      if (access.token() === undefined || access.token() === refused) throw error;
      return sendWithRetries(send, { ...op, context: { ...op.context } }, signal);
    }
  }

  return () =>
    ({ op, next }) =>
      observable((observer) => {
        const { signal } = op;
        // Every end of the observable runs the teardown, which aborts the requests.
        const abort = new AbortController();
        const stop = () => {
          if (signal) observer.error(abortedBy(signal));
        };
        if (signal?.aborted) return stop();
        signal?.addEventListener('abort', stop, { once: true });

        const send: Send = (attempt) =>
          observableToPromise(next({ ...attempt, signal: abort.signal }));
        perform(send, op, abort.signal)
          .then(
            (result) => {
              observer.next(result);
              observer.complete();
            },
            (thrown: unknown) => observer.error(toSynapError(thrown)),
          )
          .finally(() => signal?.removeEventListener('abort', stop));
        return () => abort.abort();
      });
}
