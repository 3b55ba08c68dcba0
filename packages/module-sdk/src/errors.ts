/** One fault of an input; `path` leads to it from the root. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code: string;
}

/**
 * A failure that the module foresaw. Its message is shown to whoever asked, so it says what
 * happened and what to do; the message of any other exception stays in the server's log.
 */
export class ModuleError extends Error {
  override readonly name: string = 'ModuleError';
}

const unreadableWait = 60;

/**
 * The outside service asks to be left alone for `seconds` (RFC 9110 §10.2.3); the server then does
 * not ask again before.
 */
export class RetryAfter extends ModuleError {
  override readonly name = 'RetryAfter';
  readonly seconds: number;
  /** @param seconds what is no number from 0 on counts as 60 */
  constructor(seconds: number, message?: string, options?: ErrorOptions) {
    const wait = Number.isFinite(seconds) && seconds >= 0 ? seconds : unreadableWait;
    super(message ?? `The service behind this module asks to wait ${wait} s.`, options);
    this.seconds = wait;
  }
}

/**
 * Parameters that fit the schema and still make no sense, such as the name of a thing that is not
 * there.
 */
export class ParamsError extends ModuleError {
  override readonly name = 'ParamsError';
  readonly issues: readonly Issue[];
  /** @param path leads to the faulty parameter: `['repository']` */
  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.issues = [{ path, message, code: 'custom' }];
  }
}
