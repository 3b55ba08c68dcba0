import { unavailable } from '@synap/contracts';
import { HasherBusy } from '@synap/security';

/** Awaits password work; throws `unavailable` if too many passwords are being checked. */
export async function translateHasherBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HasherBusy)) throw error;
    throw unavailable(
      'Too many people are signing in at once: try again shortly',
      error.retryAfter,
      error,
    );
  }
}
