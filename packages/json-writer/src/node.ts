import type { Notes } from './notes.js';

/**
 * Writes the text of a value. JSON has no notes; it omits a value for which undefined is returned.
 * With notes, the text is that of superjson, and `path` is the value's path.
 * @throws The error `unexpected` for a value that only validation and the general writers can handle.
 */
export type Write = (value: unknown, path: string, notes: Notes | undefined) => string | undefined;

/** A compiled schema. */
export interface Node {
  readonly write: Write;
  /** False if superjson never annotates its values, so that they need no path. */
  readonly isAnnotated: boolean;
}
