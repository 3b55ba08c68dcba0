import type { ServerResponse } from 'node:http';
import type { IncomingRequest } from '@synap/http';
import type {
  AnyTRPCProcedure,
  AnyTRPCRootTypes,
  AnyTRPCRouter,
  inferRouterContext,
  TRPCError,
  TRPCRootConfig,
} from '@trpc/server';
import type { CallOutput, DirectOutputs } from './direct-output.js';
import type { RpcCall, RpcOptions, RpcRequest } from './options.js';
import type { Inputs } from './request/inputs.js';

/** Options of the handler with their defaults. */
export interface Settings {
  readonly options: RpcOptions<inferRouterContext<AnyTRPCRouter>>;
  readonly router: AnyTRPCRouter;
  /** Router for tRPC's adapter, whose calls fail at the deadline. */
  readonly deadlineRouter: AnyTRPCRouter;
  readonly config: TRPCRootConfig<AnyTRPCRootTypes>;
  /** Undefined if all outputs are validated. */
  readonly directOutputs: DirectOutputs | undefined;
  /** Base path with a leading slash and without a trailing one: `/trpc`, or empty. */
  readonly base: string;
  readonly maxBatchSize: number;
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
  /** Milliseconds; 0 disables the deadline. */
  readonly deadlineMs: number;
}

/** Outcome of a call. */
export type Outcome =
  | { readonly error: TRPCError; readonly data?: undefined; readonly text?: undefined }
  | CallOutput;

/** One call of a request, with its outcome once settled. */
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

/** A request before its calls are resolved. */
export interface Incoming {
  readonly settings: Settings;
  readonly req: IncomingRequest;
  readonly res: ServerResponse;
}

export interface ExchangeOptions extends Incoming {
  readonly calls: readonly Call[];
  readonly isBatch: boolean;
  readonly inputs: Inputs;
  /** Maximum body size in bytes. */
  readonly bodyLimit: number;
}

/** One request that is served directly, from its calls to its response. */
export class Exchange implements RpcRequest {
  readonly settings: Settings;
  readonly req: IncomingRequest;
  readonly res: ServerResponse;
  readonly calls: readonly Call[];
  readonly isBatch: boolean;
  readonly inputs: Inputs;
  readonly bodyLimit: number;
  /** Context; undefined until it is created. */
  ctx: unknown;
  isResponseSent = false;
  isClientDisconnected = false;
  /** Number of calls that are not settled. */
  pending: number;
  timer: NodeJS.Timeout | undefined;
  /** Headers that an error requires. */
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

  /** Type of the known calls, which all have the same. */
  get type(): RpcCall['type'] {
    return this.calls.find((call) => call.type !== 'unknown')?.type ?? 'unknown';
  }

  /** Created on first access, because it is not free. */
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
