import type { ServerResponse } from 'node:http';
import { announcesBody, deadlineError, type IncomingRequest } from '@synap/http';
import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { parseAsync } from 'zod/v4/core';
import { Exchange } from './exchange.js';
import {
  createAttempt,
  type IdempotentAttempt,
  type IdempotentCall,
  IdempotentReplay,
} from './idempotency/attempt.js';
import { checkBodyType } from './input/body-type.js';
import { type InputRequest, readInput, rejectQuery } from './input/request-input.js';
import { applyIfMatchVersion, applyPreconditions, type ConditionalWrite } from './preconditions.js';
import { failureResponse } from './response/failure.js';
import { successorLink } from './response/links.js';
import { type RestResponse, type SuccessfulCall, toResponse } from './response/success.js';
import { hasBody, type Operation } from './routing/operations.js';
import type { Route } from './routing/routes.js';
import type { Location, Settings } from './settings.js';

type CallOptions = Parameters<AnyTRPCProcedure>[0];

/** One call of a procedure: a request whose route is known, until its response is sent. */
export class Call
  extends Exchange
  implements ConditionalWrite, IdempotentCall, InputRequest, SuccessfulCall
{
  readonly #controller = new AbortController();
  #attempt: IdempotentAttempt | undefined;
  #pendingInput: Promise<unknown> | undefined;

  constructor(
    settings: Settings,
    req: IncomingRequest,
    res: ServerResponse,
    location: Location,
    readonly route: Route,
    /** Decoded values of the path parameters. */
    readonly values: readonly string[],
  ) {
    super(settings, req, res, location);
    if (route.replacement !== undefined) this.deprecation = route.replacement.deprecation;
    if (this.deprecation !== undefined)
      this.successor = successorLink(route, values, settings.base);
  }

  override get operation(): Operation {
    return this.route.operation;
  }

  /** Base path as clients see it. */
  get base(): string {
    return this.settings.base;
  }

  /** Maximum body size in bytes. */
  get bodyLimit(): number {
    const { settings, operation } = this;
    const { meta, path, procedure } = operation;
    return (
      meta.bodyLimit ??
      settings.options.bodyLimitOf?.(path, procedure._def.meta) ??
      settings.bodyLimit
    );
  }

  /** Calls the procedure and sends its output or its error. */
  async run(): Promise<void> {
    const { res, settings, operation } = this;
    const { acceptsInput } = operation.reader;
    res.once('close', () => {
      if (!res.writableFinished) this.#controller.abort();
    });
    const hasDeadline = settings.deadlineMs > 0 && !operation.meta.multipart;
    const timer = hasDeadline ? setTimeout(() => this.#expire(), settings.deadlineMs) : undefined;
    let hasOutput = false;
    try {
      this.ctx = await this.#createContext();
      this.#attempt = createAttempt(settings.options.idempotency, this);
      if (!acceptsInput) await this.#checkWithoutInput();
      const output = await this.#output();
      hasOutput = true;
      // A query has no side effects, so the procedure may reject the caller first.
      if (!acceptsInput) rejectQuery(this.search);
      const response = this.route.direct ? await this.respondTo(output) : toResponse(output, this);
      if (this.#attempt) await this.#record(this.#attempt.complete(response));
      this.send(response);
    } catch (cause) {
      if (cause instanceof IdempotentReplay) return this.send(cause.toResponse());
      if (this.#attempt) await this.#record(this.#end(this.#attempt, cause, hasOutput));
      this.sendError(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  #createContext(): unknown {
    const { settings, req, res, requestId, operation } = this;
    const { path, type, meta } = operation;
    const { signal } = this.#controller;
    return settings.options.createContext({
      req,
      res,
      requestId,
      signal,
      type,
      path,
      operation: meta,
    });
  }

  /** Calls the procedure. Its output is validated unless the response is direct. */
  #output(): Promise<unknown> {
    const { route, settings, operation } = this;
    const options = this.#callOptions(operation, () => {
      this.#pendingInput ??= this.#readInput();
      return this.#pendingInput;
    });
    return route.direct
      ? route.direct.invoke(options)
      : settings.invoke(operation.procedure, options);
  }

  #callOptions({ path, type }: Operation, getRawInput: () => Promise<unknown>): CallOptions {
    const { signal } = this.#controller;
    return { path, type, ctx: this.ctx, signal, batchIndex: 0, getRawInput };
  }

  /** Checks a request whose procedure never reads its input. */
  async #checkWithoutInput(): Promise<void> {
    const { req, route, search } = this;
    if (hasBody(route.method) && announcesBody(req) && req.headers['content-type'])
      checkBodyType(req, route);
    if (route.operation.type === 'query') return;
    rejectQuery(search);
    if (this.#attempt) await this.#attempt.begin(undefined);
    await applyPreconditions(this, undefined);
  }

  /** Reads the input when the procedure first requests it, which is after authentication. */
  async #readInput(): Promise<unknown> {
    this.input = await readInput(this);
    if (this.route.method === 'GET') return this.input;
    this.input = applyIfMatchVersion(this, this.input);
    // Before the conditions: a repeated request gets the first response, even if the state has
    // changed.
    if (this.#attempt) await this.#attempt.begin(this.input);
    this.input = await applyPreconditions(this, this.input);
    return this.input;
  }

  /** Calls the query of another route as the same caller. */
  read({ operation }: Route, getRawInput: () => Promise<unknown>): Promise<unknown> {
    const options = this.#callOptions(operation, getRawInput);
    return this.settings.invoke(operation.procedure, options);
  }

  /** Responds to an output that is not validated: writes it directly, or validates it first. */
  async respondTo(output: unknown): Promise<RestResponse> {
    const { direct, operation } = this.route;
    const written = direct?.write(output);
    if (written) return toResponse(written.fields, this, () => written.text);
    if (direct) {
      const options = this.#callOptions(operation, async () => this.input);
      return toResponse(await direct.validate(output, options), this);
    }
    const { output: schema } = operation;
    return toResponse(schema ? await parseAsync(schema, output) : output, this);
  }

  #expire(): void {
    const { code, message } = deadlineError(this.settings.deadlineMs, !this.req.complete);
    this.sendError(new TRPCError({ code, message }));
    this.#controller.abort();
  }

  /**
   * Ends an attempt with an error. After an output the effect has happened: stores the error, so
   * that a retry does not repeat the effect.
   */
  async #end(attempt: IdempotentAttempt, cause: unknown, hasOutput: boolean): Promise<void> {
    if (hasOutput) await attempt.complete(failureResponse(getTRPCErrorFromUnknown(cause), this));
    else await attempt.abandon();
  }

  /**
   * Records the outcome under the idempotency key. A failing store is reported, but does not change
   * the response: the effect has already happened, or not.
   */
  async #record(recording: Promise<void>): Promise<void> {
    try {
      await recording;
    } catch (cause) {
      this.notifyOnError(cause, 500);
    }
  }
}
