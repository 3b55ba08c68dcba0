/** An answer that can be given again, byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A POST that carries `Idempotency-Key`, after its input was read. */
export interface IdempotentRequest<TContext> {
  readonly key: string;
  /** The procedure's path in the router. */
  readonly path: string;
  /** SHA-256 of the input, in base64url: another input has another one. */
  readonly fingerprint: string;
  readonly ctx: TContext;
  readonly requestId: string;
  /**
   * The answer that an output leads to, for a store that keeps it in the transaction of the effect
   * itself.
   */
  answerTo(output: unknown): Promise<StoredAnswer>;
}

/** What a store says to a request. */
export type IdempotencyClaim =
  /**
   * Nobody used the key: go on, then say how it ended. `complete` may be called though the store
   * has the answer already.
   */
  | {
      readonly kind: 'new';
      complete(answer: StoredAnswer): Promise<void>;
      abandon(): Promise<void>;
    }
  /** It was answered before. */
  | { readonly kind: 'answered'; readonly answer: StoredAnswer }
  /** The first request with this key has not ended: 409. */
  | { readonly kind: 'running' }
  /** The key was used with another input: 422. */
  | { readonly kind: 'mismatch' }
  /** Keys mean nothing for this caller. */
  | { readonly kind: 'ignored' };

/** Remembers what was done under which key, per actor and procedure. */
export interface IdempotencyStore<TContext> {
  claim(request: IdempotentRequest<TContext>): Promise<IdempotencyClaim>;
}
