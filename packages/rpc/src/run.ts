import { announcesMoreThan, deadlineError } from '@synap/http';
import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { Call, Exchange, Outcome } from './exchange.js';
import { type CallOptions, invokeProcedure } from './invoke-procedure.js';
import { isClientDisconnect, notifyOnError } from './response/error-response.js';
import { respond } from './response/respond.js';

/**
 * Creates the context, runs the calls concurrently, and responds when all are settled or the
 * deadline passes. Never rejects.
 */
export async function run(exchange: Exchange): Promise<void> {
  const { settings, res } = exchange;
  res.on('close', () => handleDisconnect(exchange));
  if (settings.deadlineMs > 0) exchange.timer = setTimeout(expire, settings.deadlineMs, exchange);
  let contextError: { cause: unknown } | undefined;
  try {
    exchange.ctx = await settings.options.createContext(exchange);
  } catch (cause) {
    contextError = { cause: getTRPCErrorFromUnknown(cause) };
  }
  for (const call of exchange.calls) void runCall(exchange, call, contextError);
}

async function runCall(
  exchange: Exchange,
  call: Call,
  contextError: { cause: unknown } | undefined,
): Promise<void> {
  let outcome: Outcome;
  try {
    const { procedure, options } = prepare(exchange, call, contextError);
    const direct = exchange.settings.directOutputs?.call(procedure, options);
    outcome = direct ? await direct : { data: await invokeProcedure(procedure, options) };
  } catch (cause) {
    outcome = { error: getTRPCErrorFromUnknown(cause) };
    if (!exchange.isResponseSent && !isClientDisconnect(outcome.error, exchange.res))
      notifyOnError(exchange, outcome.error, exchange, call);
  }
  settle(exchange, call, outcome);
}

interface PreparedCall {
  readonly procedure: AnyTRPCProcedure;
  readonly options: CallOptions;
}

/** Makes the same checks as tRPC, in the same order. Throws at once, before any input is read. */
function prepare(
  exchange: Exchange,
  call: Call,
  contextError: { cause: unknown } | undefined,
): PreparedCall {
  const { req, ctx, signal } = exchange;
  const { path, type, procedure, index } = call;
  if (procedure === undefined || type === 'unknown') {
    throw new TRPCError({ code: 'NOT_FOUND', message: `No procedure found on path "${path}"` });
  }
  const method = type === 'mutation' ? 'POST' : 'GET';
  if (req.method !== method) {
    exchange.headers.allow = method;
    const message = `Unsupported ${req.method}-request to ${type} procedure at path "${path}"`;
    throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message });
  }
  if (contextError) throw contextError.cause;
  if (announcesMoreThan(req, exchange.bodyLimit))
    throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE' });
  const getRawInput = () => exchange.inputs.read(index);
  return {
    procedure,
    options: { path, type, ctx, signal, batchIndex: index, getRawInput },
  };
}

function settle(exchange: Exchange, call: Call, outcome: Outcome): void {
  if (call.outcome) return;
  call.outcome = outcome;
  exchange.pending -= 1;
  if (exchange.pending === 0) respond(exchange);
}

/** Fails all pending calls at the deadline; the others keep their outcome. */
function expire(exchange: Exchange): void {
  const { code, message } = deadlineError(
    exchange.settings.deadlineMs,
    exchange.inputs.isBodyPending,
  );
  const error = new TRPCError({ code, message });
  if (error.code === 'SERVICE_UNAVAILABLE') exchange.headers['retry-after'] = '1';
  for (const call of exchange.calls) {
    if (call.outcome) continue;
    notifyOnError(exchange, error, exchange, call);
    settle(exchange, call, { error });
  }
  exchange.abort();
}

function handleDisconnect(exchange: Exchange): void {
  if (exchange.isResponseSent) return;
  exchange.isClientDisconnected = true;
  clearTimeout(exchange.timer);
  exchange.abort();
}
