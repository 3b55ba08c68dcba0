import type { IncomingRequest } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { parseAsync } from 'zod/v4/core';
import type { RestResponse } from '../response/success.js';
import type { Route } from '../routing/routes.js';
import { fingerprintOf } from './fingerprint.js';
import type { IdempotencyClaim, IdempotencyStore, StoredResponse } from './store.js';

/** Thrown instead of running a procedure if a response is already stored for the key. */
export class IdempotentReplay extends TRPCError {
  constructor(readonly response: StoredResponse) {
    super({ code: 'CONFLICT', message: 'A response to this request is already stored.' });
  }
}

interface AttemptOptions<TContext> {
  readonly store: IdempotencyStore<TContext>;
  readonly key: string;
  readonly route: Route;
  readonly ctx: TContext;
  readonly requestId: string;
  /** Converts an output to a response. */
  readonly toResponse: (output: unknown) => RestResponse;
}

/** One request with an `Idempotency-Key`, from claiming the key to its completion. */
export class IdempotentAttempt<TContext> {
  readonly #options: AttemptOptions<TContext>;
  #claim: IdempotencyClaim | undefined;

  constructor(options: AttemptOptions<TContext>) {
    this.#options = options;
  }

  /**
   * Claims the key.
   * @throws IdempotentReplay if the first request is done; TRPCError `CONFLICT` if it is in
   *   progress, `UNPROCESSABLE_CONTENT` if it had another input.
   */
  async begin(input: unknown): Promise<void> {
    const { store, key, route, ctx, requestId, toResponse } = this.#options;
    const { path, output: schema } = route.operation;
    this.#claim = await store.claim({
      key,
      path,
      ctx,
      requestId,
      fingerprint: fingerprintOf(input),
      answerTo: async (output) =>
        toStoredResponse(toResponse(schema ? await parseAsync(schema, output) : output)),
    });
    if (this.#claim.kind === 'answered') throw new IdempotentReplay(this.#claim.answer);
    if (this.#claim.kind === 'running') {
      throw new TRPCError({
        code: 'CONFLICT',
        message: 'A request with this Idempotency-Key is still in progress: try again later.',
      });
    }
    if (this.#claim.kind === 'mismatch') {
      throw new TRPCError({
        code: 'UNPROCESSABLE_CONTENT',
        message: 'This Idempotency-Key was used with another input.',
      });
    }
  }

  async complete(response: RestResponse): Promise<void> {
    if (this.#claim?.kind === 'new') await this.#claim.complete(toStoredResponse(response));
  }

  async abandon(): Promise<void> {
    if (this.#claim?.kind === 'new') await this.#claim.abandon();
  }
}

const toStoredResponse = ({ status, headers, body }: RestResponse): StoredResponse => ({
  status,
  headers: { ...headers },
  body: body === undefined || typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
});

/** True if responses of a route may be stored. False for queries, secrets and bytes. */
export const storesResponses = ({
  method,
  operation: { meta, type },
}: Pick<Route, 'method' | 'operation'>): boolean =>
  method === 'POST' &&
  type === 'mutation' &&
  meta.idempotent !== false &&
  !meta.noStore &&
  meta.produces === undefined &&
  !meta.multipart;

/** Visible ASCII, either bare or as a quoted structured string. */
const keyPattern = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/;

/**
 * Reads the key of a request. Returns undefined if there is none or the route ignores it.
 * @throws TRPCError `BAD_REQUEST` if the key is malformed.
 */
export function readIdempotencyKey(req: IncomingRequest, route: Route): string | undefined {
  const header = req.headers['idempotency-key'];
  if (header === undefined || !storesResponses(route)) return undefined;
  const key = typeof header === 'string' ? keyPattern.exec(header)?.[1] : undefined;
  if (key !== undefined) return key;
  throw new TRPCError({
    code: 'BAD_REQUEST',
    message: 'Idempotency-Key must be a single key of 1 to 255 visible ASCII characters.',
  });
}
