/** One validation error of an input; `path` leads to it from the root. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly code: string;
}

/**
 * An expected failure. Its message is shown to the caller, so say what happened and what to do.
 * Messages of other exceptions stay in the server's log.
 *
 * @example
 * ```ts
 * throw new ModuleError('The feed cannot be read: check SYNAP_RSS_URL');
 * ```
 */
export class ModuleError extends Error {
  override readonly name: string = 'ModuleError';
}

const defaultWait = 60;

/**
 * The external service requests a pause of `seconds` (RFC 9110 §10.2.3). The server does not load
 * again before it ends.
 *
 * @example
 * ```ts
 * if (response.status === 429) throw new RetryAfter(Number(response.headers.get('retry-after')));
 * ```
 */
export class RetryAfter extends ModuleError {
  override readonly name = 'RetryAfter';
  readonly seconds: number;
  /** @param seconds a value that is not a number, or negative, counts as 60 */
  constructor(seconds: number, message?: string, options?: ErrorOptions) {
    const wait = Number.isFinite(seconds) && seconds >= 0 ? seconds : defaultWait;
    super(message ?? `The service behind this module asks to wait ${wait} s.`, options);
    this.seconds = wait;
  }
}

/**
 * Rejects parameters that match the schema but are invalid, such as an unknown name.
 *
 * @example
 * ```ts
 * throw new ParamsError(['repository'], 'There is no such repository');
 * ```
 */
export class ParamsError extends ModuleError {
  override readonly name = 'ParamsError';
  readonly issues: readonly Issue[];
  /** @param path path of the invalid parameter: `['repository']` */
  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.issues = [{ path, message, code: 'custom' }];
  }
}
