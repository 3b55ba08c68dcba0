/** A response that can be replayed byte for byte. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A POST with an `Idempotency-Key`, after its input has been read. */
export interface IdempotentRequest<TContext> {
  readonly key: string;
  /** Path of the procedure in the router. */
  readonly path: string;
  /** SHA-256 of the input, in base64url. */
  readonly fingerprint: string;
  readonly ctx: TContext;
  readonly requestId: string;
  /**
   * Converts an output to its response, for a store that saves it in the transaction of the effect.
   */
  answerTo(output: unknown): Promise<StoredResponse>;
}

/** Result of claiming a key. */
export type IdempotencyClaim =
  /**
   * The key is new: run the procedure, then call `complete` or `abandon`. `complete` is called if
   * the procedure returned, even if the store already has the response. It gets an error response if
   * the output cannot be sent, because the effect has happened. `abandon` is called if the procedure
   * failed; a retry runs it again. An invalid output counts as a failure of the procedure, unless
   * responses are written directly.
   */
  | {
      readonly kind: 'new';
      complete(answer: StoredResponse): Promise<void>;
      abandon(): Promise<void>;
    }
  /** The first request is done: replay its response. */
  | { readonly kind: 'answered'; readonly answer: StoredResponse }
  /** The first request is still in progress: 409. */
  | { readonly kind: 'running' }
  /** The key was used with another input: 422. */
  | { readonly kind: 'mismatch' }
  /** Keys are ignored for this caller. */
  | { readonly kind: 'ignored' };

/**
 * Stores the outcome of requests by key, caller and procedure. An error of `claim` fails the request;
 * errors of `complete` and `abandon` are only reported.
 */
export interface IdempotencyStore<TContext> {
  /** Claims a key, so that of concurrent requests with the same key only one runs. */
  claim(request: IdempotentRequest<TContext>): Promise<IdempotencyClaim>;
}
