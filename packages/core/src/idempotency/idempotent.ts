import { conflict, type UserCall } from '@synap/contracts';
import type { Repositories, Transaction } from '../repositories.js';

/**
 * Runs `run` in a transaction, at most once per `Idempotency-Key`. The response is stored in the
 * same transaction. `run` returns the output of the call. Throws `conflict` while another call with
 * the same key is in progress.
 */
export type RunIdempotent = <T>(
  call: UserCall,
  run: (tx: Repositories) => Promise<T>,
) => Promise<T>;

const inProgressError = () =>
  conflict('A request with this Idempotency-Key is still in progress: try again later.');

/**
 * Maximum bytes of stored responses per user. Equals the dashboard quota, because each save stores
 * one response.
 */
const maxStoredBytes = 20_000_000;

const storageFullError = (limit: number) =>
  conflict(
    `The responses stored under your Idempotency-Keys in the last 24 hours exceed ${limit} bytes: omit the header, or try again later.`,
  );

export function createIdempotent(
  transaction: Transaction,
  { limit = maxStoredBytes } = {},
): RunIdempotent {
  return ({ actor, idempotency }, run) =>
    transaction(async (tx) => {
      const request = idempotency?.request;
      if (!request) return run(tx);
      const { procedure, key, fingerprint, answerTo } = request;
      const id = { userId: actor.userId, procedure, key };
      if (!(await tx.idempotencyKeys.tryLock(id))) throw inProgressError();
      // The key was free when claimed, so another request finished in between. Reject; a retry gets
      // the stored response.
      if (await tx.idempotencyKeys.find(id)) throw inProgressError();
      const output = await run(tx);
      await tx.idempotencyKeys.store(id, { fingerprint, response: await answerTo(output) });
      if ((await tx.idempotencyKeys.usageOf(actor.userId)) > limit) throw storageFullError(limit);
      return output;
    });
}
