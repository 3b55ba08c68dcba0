/** Reads a property of a value of unknown type, such as a thrown one; undefined if it has none. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Reflect.get(value, name)
    : undefined;
}

/** Returns the message of a thrown value, or the name of an error without a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
