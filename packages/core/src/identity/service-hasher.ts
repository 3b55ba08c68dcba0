import { unavailable } from '@synap/contracts';
import { HasherBusy, type PasswordHasher } from '@synap/security';

/** The hasher that services get: a busy hasher throws `unavailable` with a time to retry. */
export interface ServiceHasher extends PasswordHasher {
  /** Hashes a password; returns null if the hasher is busy. For work that can wait. */
  tryHash(password: string): Promise<string | null>;
}

/** Wraps a hasher once, so that no service has to translate `HasherBusy`. */
export function createServiceHasher(hasher: PasswordHasher): ServiceHasher {
  return {
    admit() {
      try {
        hasher.admit();
      } catch (error) {
        throw translateBusy(error);
      }
    },
    hash: (password, like) => translated(hasher.hash(password, like)),
    verify: (hash, password) => translated(hasher.verify(hash, password)),
    verifyDummy: (password) => translated(hasher.verifyDummy(password)),
    async tryHash(password) {
      try {
        return await hasher.hash(password);
      } catch (error) {
        if (error instanceof HasherBusy) return null;
        throw error;
      }
    },
  };
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translateBusy(error);
  }
}

const translateBusy = (error: unknown): unknown =>
  error instanceof HasherBusy
    ? unavailable(
        'Too many people are signing in at once: try again shortly',
        error.retryAfter,
        error,
      )
    : error;
