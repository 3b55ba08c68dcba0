import type { Operation, OperationResultEnvelope, TRPCClientError, TRPCLink } from '@trpc/client';
import { observable, observableToPromise } from '@trpc/server/observable';
import { abortedBy, toSynapError } from '../errors/read-error.js';
import type { AccessControl } from '../session/session.js';
import type { AppRouter } from '../types.js';
import { delayAfter, pause } from './retry.js';
import { assertFits } from './url-length.js';

/** Which access token each attempt of a call went out with, by the attempt's own context object. */
export type SentTokens = WeakMap<object, string>;

export interface CallLinkOptions {
  rpcUrl: string;
  access: AccessControl;
  sentTokens: SentTokens;
  /** How often a query is tried again after a passing fault. */
  retries: number;
}

/** Calls that make a session can neither wait for one nor be mended by renewing it. */
const sessionMakers: ReadonlySet<string> = new Set(['auth.login', 'auth.refresh', 'auth.register']);

type Send = (
  op: Operation,
) => Promise<OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>>;

/**
 * Sees each call through: with a token, once more after a renewed one, queries also after a passing
 * fault. A mutation that may have reached the server is never sent twice; one that was refused for
 * its token (401) was not executed.
 */
export function callLink({
  rpcUrl,
  access,
  sentTokens,
  retries,
}: CallLinkOptions): TRPCLink<AppRouter> {
  async function sendPatiently(send: Send, op: Operation, signal: AbortSignal) {
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
    if (sessionMakers.has(op.path)) return sendPatiently(send, op, signal);
    await access.prepare();
    signal.throwIfAborted();
    const first = { ...op, context: { ...op.context } };
    try {
      return await sendPatiently(send, first, signal);
    } catch (thrown) {
      const error = toSynapError(thrown);
      const refused = sentTokens.get(first.context);
      if (error.status !== 401 || refused === undefined) throw error;
      await access.renew(refused);
      signal.throwIfAborted();
      if (access.token() === undefined || access.token() === refused) throw error;
      return sendPatiently(send, { ...op, context: { ...op.context } }, signal);
    }
  }

  return () =>
    ({ op, next }) =>
      observable((observer) => {
        const { signal } = op;
        // Whatever ends the observable also runs the teardown, which aborts the requests.
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
