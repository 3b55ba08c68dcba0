import { conflict, type UserCall } from '@synap/contracts';
import type { Repositories, Transaction } from '../repositories.js';

/**
 * Runs all or nothing, and under an `Idempotency-Key` once: the answer is kept in the transaction
 * of the effect. `run` gives the output of the call. Throws `conflict` while another call with this
 * key goes on.
 */
export type RunIdempotent = <T>(
  call: UserCall,
  run: (tx: Repositories) => Promise<T>,
) => Promise<T>;

const inProgress = () =>
  conflict('A request with this Idempotency-Key is still in progress: try again later.');

/**
 * Bytes of answers that a user may have stored; as many as dashboards, for each save stores one.
 */
const mostStored = 20_000_000;

const full = (limit: number) =>
  conflict(
    `The answers under your Idempotency-Keys of the last 24 hours hold more than ${limit} bytes: leave the header out, or try again later.`,
  );

export function createIdempotent(
  transaction: Transaction,
  { limit = mostStored } = {},
): RunIdempotent {
  return ({ actor, idempotency }, run) =>
    transaction(async (tx) => {
      const request = idempotency?.request;
      if (!request) return run(tx);
      const { procedure, key, fingerprint, answerTo } = request;
      const id = { userId: actor.userId, procedure, key };
      if (!(await tx.idempotencyKeys.tryLock(id))) throw inProgress();
      // Nothing was kept when the key was claimed: whoever kept it now was still in progress then.
      // Tried again, it is given.
      if (await tx.idempotencyKeys.find(id)) throw inProgress();
      const output = await run(tx);
      await tx.idempotencyKeys.store(id, { fingerprint, answer: await answerTo(output) });
      if ((await tx.idempotencyKeys.usageOf(actor.userId)) > limit) throw full(limit);
      return output;
    });
}
