import { conflict, type UserCall } from '@synap/contracts';
import type { Repositories, Transaction } from '../repositories.js';

/**
 * Runs all or nothing, and under an `Idempotency-Key` once: the answer is kept in the transaction of the effect. `run` gives
 * the output of the call. Throws `conflict` while another call with this key goes on.
 */
export type Once = <T>(call: UserCall, run: (within: Repositories) => Promise<T>) => Promise<T>;

const inProgress = () => conflict('A request with this Idempotency-Key is still in progress: try again later.');

export function createOnce(transaction: Transaction): Once {
  return ({ actor, idempotency }, run) =>
    transaction(async (within) => {
      const request = idempotency?.request;
      if (!request) return run(within);
      const { procedure, key, fingerprint, answerTo } = request;
      const id = { userId: actor.userId, procedure, key };
      if (!(await within.idempotencyKeys.tryLock(id))) throw inProgress();
      // Nothing was kept when the key was claimed: whoever kept it now was still in progress then. Tried again, it is given.
      if (await within.idempotencyKeys.find(id)) throw inProgress();
      const output = await run(within);
      await within.idempotencyKeys.keep(id, { fingerprint, answer: await answerTo(output) });
      return output;
    });
}
