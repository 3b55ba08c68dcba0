import type { Actor, Call, IdempotentRequest, StoredAnswer } from '@synap/contracts';
import type { IdempotencyKeysRepository } from './idempotency-keys.repository.js';

/** A request that came with a key, its input read and its caller known. */
interface KeyClaim extends Omit<IdempotentRequest, 'procedure'> {
  /** Path of the procedure in the router. */
  readonly path: string;
  readonly ctx: { readonly call: Call; authenticate(): Promise<Actor> };
}

/** What is said to a claim, in the words of a REST handler's store. */
type ClaimResult =
  | { readonly kind: 'new'; complete(): Promise<void>; abandon(): Promise<void> }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The key was used with another input. */
  | { readonly kind: 'mismatch' }
  /** Keys mean nothing for this caller. */
  | { readonly kind: 'ignored' };

/**
 * Remembers for 24 h what was answered under which key, per procedure and user; each API key of a
 * user is a caller of its own.
 */
export interface IdempotencyStore {
  /** Gives the answer that is kept, or marks the call so that its service keeps one. */
  claim(claim: KeyClaim): Promise<ClaimResult>;
  /** Forgets what is older than 24 h. */
  purge(): Promise<void>;
}

const nothing = async () => {};
const batch = 1000;

export function createIdempotencyStore(
  keys: Pick<IdempotencyKeysRepository, 'find' | 'deleteExpired'>,
): IdempotencyStore {
  return {
    async claim({ ctx, path: procedure, key: given, fingerprint, answerTo }) {
      const actor = await ctx.authenticate();
      const { idempotency } = ctx.call;
      if (actor.kind !== 'user' || !idempotency) return { kind: 'ignored' };
      // What was answered to a session may be beyond what a key reaches. A space cannot be part of
      // what is given.
      const key = actor.key ? `${actor.key.id} ${given}` : given;
      const stored = await keys.find({ userId: actor.userId, procedure, key });
      if (stored)
        return stored.fingerprint === fingerprint
          ? { kind: 'answered', answer: stored.answer }
          : { kind: 'mismatch' };
      idempotency.request = { key, procedure, fingerprint, answerTo };
      // The answer is kept with the effect, or neither is: when the request has ended there is
      // nothing left to do.
      return { kind: 'new', complete: nothing, abandon: nothing };
    },

    async purge() {
      while ((await keys.deleteExpired(batch)) === batch);
    },
  };
}
