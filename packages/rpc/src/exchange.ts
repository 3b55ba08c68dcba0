import type { ServerResponse } from 'node:http';
import type { AnyTRPCProcedure, TRPCError } from '@trpc/server';
import type { RpcCall, RpcIncoming, RpcRequest } from './options.js';
import type { Inputs } from './request/inputs.js';
import type { Settings } from './settings.js';

/** How a call ended. */
export type Outcome =
  | { readonly error: TRPCError; readonly data?: undefined }
  | { readonly error?: undefined; readonly data: unknown };

/** One call of a request, and its outcome once there is one. */
export class Call implements RpcCall {
  readonly type: RpcCall['type'];
  readonly meta: unknown;
  outcome: Outcome | undefined;

  constructor(
    readonly path: string,
    readonly index: number,
    readonly procedure: AnyTRPCProcedure | undefined,
  ) {
    this.type = procedure?._def.type ?? 'unknown';
    this.meta = procedure?._def.meta;
  }
}

/** A request before its calls are known. */
export interface Incoming {
  readonly settings: Settings;
  readonly req: RpcIncoming;
  readonly res: ServerResponse;
}

export interface ExchangeOptions extends Incoming {
  readonly calls: readonly Call[];
  readonly isBatch: boolean;
  readonly inputs: Inputs;
  /** Bytes of the body. */
  readonly bodyLimit: number;
}

/** One request that is served directly, from its calls to its answer. */
export class Exchange implements RpcRequest {
  readonly settings: Settings;
  readonly req: RpcIncoming;
  readonly res: ServerResponse;
  readonly calls: readonly Call[];
  readonly isBatch: boolean;
  readonly inputs: Inputs;
  readonly bodyLimit: number;
  /** The context, once it is made. */
  ctx: unknown;
  isAnswered = false;
  isClientGone = false;
  /** The calls without an outcome. */
  pending: number;
  timer: NodeJS.Timeout | undefined;
  /** Headers that an error needs. */
  headers: Record<string, string> = {};
  #controller: AbortController | undefined;
  #isAborted = false;

  constructor({ settings, req, res, calls, isBatch, inputs, bodyLimit }: ExchangeOptions) {
    this.settings = settings;
    this.req = req;
    this.res = res;
    this.calls = calls;
    this.isBatch = isBatch;
    this.inputs = inputs;
    this.bodyLimit = bodyLimit;
    this.pending = calls.length;
  }

  /** The type that all known calls share. */
  get type(): RpcCall['type'] {
    return this.calls.find((call) => call.type !== 'unknown')?.type ?? 'unknown';
  }

  /** Made when first asked for: it is not free. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}
