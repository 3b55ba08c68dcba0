import { ModuleError } from './errors.js';

/** The largest event that the server accepts, as JSON, in bytes. */
export const largestEvent = 256_000;
/** The largest value of the store, as JSON, in bytes. */
export const largestValue = 1_000_000;

/**
 * Rejects an oversized value before it leaves the module, so that its author sees which one it is.
 * @throws ModuleError
 */
export function assertSize(what: string, value: unknown, largest: number): void {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  if (bytes > largest)
    throw new ModuleError(
      `The module ${what} of ${grouped(bytes)} bytes as JSON, more than ${grouped(largest)}: split it`,
    );
}

const grouped = (value: number): string => value.toLocaleString('en');
