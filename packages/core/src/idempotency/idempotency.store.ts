import type { Actor, Call, IdempotentRequest, StoredAnswer } from '@synap/contracts';
import type { IdempotencyKeysRepository } from './idempotency-keys.repository.js';

/** A request with an idempotency key; its input is parsed and its caller is known. */
interface KeyClaim extends Omit<IdempotentRequest, 'procedure'> {
  /** Path of the procedure in the router. */
  readonly path: string;
  readonly ctx: { readonly call: Call; authenticate(): Promise<Actor> };
}

/** Result of claiming a key. */
type ClaimResult =
  | { readonly kind: 'new'; complete(): Promise<void>; abandon(): Promise<void> }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The key was used with a different input. */
  | { readonly kind: 'mismatch' }
  /** Keys have no effect for this caller. */
  | { readonly kind: 'ignored' };

/**
 * Stores responses for 24 h per key, procedure and user. Each API key of a user counts as a
 * separate caller.
 */
export interface IdempotencyStore {
  /** Returns the stored response, or marks the call so that its service stores one. */
  claim(claim: KeyClaim): Promise<ClaimResult>;
  /** Deletes responses older than 24 h. */
  purge(): Promise<void>;
}

const noop = async () => {};
const batch = 1000;

export function createIdempotencyStore(
  keys: Pick<IdempotencyKeysRepository, 'find' | 'deleteExpired'>,
): IdempotencyStore {
  return {
    async claim({ ctx, path: procedure, key: clientKey, fingerprint, answerTo }) {
      const actor = await ctx.authenticate();
      const { idempotency } = ctx.call;
      if (actor.kind !== 'user' || !idempotency) return { kind: 'ignored' };
      // Scope keys per API key: a session's response may hold data the key may not read. A space
      // cannot occur in a client's key.
      const key = actor.key ? `${actor.key.id} ${clientKey}` : clientKey;
      const stored = await keys.find({ userId: actor.userId, procedure, key });
      if (stored)
        return stored.fingerprint === fingerprint
          ? { kind: 'answered', answer: stored.response }
          : { kind: 'mismatch' };
      idempotency.request = { key, procedure, fingerprint, answerTo };
      // The response is stored in the transaction of the effect, so nothing is left to do when the
      // request ends.
      return { kind: 'new', complete: noop, abandon: noop };
    },

    async purge() {
      while ((await keys.deleteExpired(batch)) === batch);
    },
  };
}
