import type { IncomingMessage } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { RestResponse } from '../response/success.js';
import type { Route } from '../routing/routes.js';
import { fingerprintOf } from './fingerprint.js';
import type { IdempotencyClaim, IdempotencyStore, StoredResponse } from './store.js';

/** Thrown instead of running a procedure if a response is already stored for the key. */
export class IdempotentReplay extends TRPCError {
  constructor(readonly response: StoredResponse) {
    super({ code: 'CONFLICT', message: 'A response to this request is already stored.' });
  }

  toResponse(): RestResponse {
    const { status, headers, body } = this.response;
    return { status, headers: { ...headers, 'idempotency-replayed': 'true' }, links: [], body };
  }
}

/** A call that may have an `Idempotency-Key`. */
export interface IdempotentCall {
  readonly req: Pick<IncomingMessage, 'headers'>;
  readonly route: Route;
  readonly ctx: unknown;
  readonly requestId: string;
  /** Response to an output that is not validated yet. */
  respondTo(output: unknown): Promise<RestResponse>;
}

/**
 * Creates the attempt of a call. Returns undefined if the call has no key, or its route or the
 * handler ignores keys.
 * @throws TRPCError `BAD_REQUEST` if the key is malformed.
 */
export function createAttempt(
  store: IdempotencyStore<unknown> | undefined,
  call: IdempotentCall,
): IdempotentAttempt | undefined {
  const key = store && readIdempotencyKey(call);
  return store === undefined || key === undefined
    ? undefined
    : new IdempotentAttempt(store, key, call);
}

/** One request with an `Idempotency-Key`, from claiming the key to its completion. */
export class IdempotentAttempt {
  readonly #store: IdempotencyStore<unknown>;
  readonly #key: string;
  readonly #call: IdempotentCall;
  #claim: IdempotencyClaim | undefined;

  constructor(store: IdempotencyStore<unknown>, key: string, call: IdempotentCall) {
    this.#store = store;
    this.#key = key;
    this.#call = call;
  }

  /**
   * Claims the key.
   * @throws IdempotentReplay if the first request is done; TRPCError `CONFLICT` if it is in
   *   progress, `UNPROCESSABLE_CONTENT` if it had another input.
   */
  async begin(input: unknown): Promise<void> {
    const call = this.#call;
    const { path } = call.route.operation;
    this.#claim = await this.#store.claim({
      key: this.#key,
      path,
      ctx: call.ctx,
      requestId: call.requestId,
      fingerprint: fingerprintOf(input),
      answerTo: async (output) => toStoredResponse(await call.respondTo(output)),
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

function readIdempotencyKey({ req, route }: IdempotentCall): string | undefined {
  const header = req.headers['idempotency-key'];
  if (header === undefined || !storesResponses(route)) return undefined;
  const key = typeof header === 'string' ? keyPattern.exec(header)?.[1] : undefined;
  if (key !== undefined) return key;
  throw new TRPCError({
    code: 'BAD_REQUEST',
    message: 'Idempotency-Key must be a single key of 1 to 255 visible ASCII characters.',
  });
}
