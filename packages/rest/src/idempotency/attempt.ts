import { TRPCError } from '@trpc/server';
import { parseAsync } from 'zod/v4/core';
import type { RestResponse } from '../answer/success.js';
import type { RestIncoming } from '../input/body.js';
import type { Route } from '../routing/routes.js';
import { fingerprintOf } from './fingerprint.js';
import type { IdempotencyClaim, IdempotencyStore, StoredAnswer } from './store.js';

/** Thrown out of a procedure in place of its effect: the answer is known already. */
export class IdempotentReplay extends TRPCError {
  constructor(readonly answer: StoredAnswer) {
    super({ code: 'CONFLICT', message: 'This request was answered before.' });
  }
}

interface AttemptOptions<TContext> {
  readonly store: IdempotencyStore<TContext>;
  readonly key: string;
  readonly route: Route;
  readonly ctx: TContext;
  readonly requestId: string;
  /** How an output is answered. */
  readonly toResponse: (output: unknown) => RestResponse;
}

/** One request under an `Idempotency-Key`, from the claim of its key to its end. */
export class IdempotentAttempt<TContext> {
  readonly #options: AttemptOptions<TContext>;
  #claim: IdempotencyClaim | undefined;

  constructor(options: AttemptOptions<TContext>) {
    this.#options = options;
  }

  /**
   * Throws where the effect must not take place: it did before, it goes on, or the key belongs to
   * another input.
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
        toStored(toResponse(schema ? await parseAsync(schema, output) : output)),
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

  async complete(answer: RestResponse): Promise<void> {
    if (this.#claim?.kind === 'new') await this.#claim.complete(toStored(answer));
  }

  async abandon(): Promise<void> {
    if (this.#claim?.kind === 'new') await this.#claim.abandon();
  }
}

const toStored = ({ status, headers, body }: RestResponse): StoredAnswer => ({
  status,
  headers: { ...headers },
  body: body === undefined || typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
});

/**
 * Whether the answers of a route may be kept: not where they hold secrets, nor bytes, nor of a
 * query.
 */
export const keepsAnswers = ({
  method,
  operation: { meta, type },
}: Pick<Route, 'method' | 'operation'>): boolean =>
  method === 'POST' &&
  type === 'mutation' &&
  meta.idempotent !== false &&
  !meta.noStore &&
  meta.produces === undefined &&
  !meta.multipart;

/** Visible ASCII, as in the header itself or as a quoted structured string. */
const sane = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/;

/**
 * The key of a request; undefined where it has none or the route takes none. Throws `BAD_REQUEST`
 * where it is not sane.
 */
export function readIdempotencyKey(req: RestIncoming, route: Route): string | undefined {
  const header = req.headers['idempotency-key'];
  if (header === undefined || !keepsAnswers(route)) return undefined;
  const key = typeof header === 'string' ? sane.exec(header)?.[1] : undefined;
  if (key !== undefined) return key;
  throw new TRPCError({
    code: 'BAD_REQUEST',
    message: 'Give one Idempotency-Key of 1 to 255 visible ASCII characters.',
  });
}
