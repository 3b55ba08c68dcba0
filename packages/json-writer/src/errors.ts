/** Thrown for a value that has not the expected kind. Created once, because a stack is slow. */
export const unexpected = new Error('The value needs validation.');
unexpected.stack = undefined;

/** A schema that cannot be compiled. */
export class UnsupportedSchema extends Error {}
