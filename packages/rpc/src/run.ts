import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { tell } from './answer/fault.js';
import { respond } from './answer/respond.js';
import { isClientDisconnect } from './client-disconnect.js';
import { deadlineError } from './deadline.js';
import type { Call, Exchange, Outcome } from './exchange.js';
import { invokeProcedure } from './invoke-procedure.js';
import { announcesMoreThan } from './request/body.js';

/**
 * Makes the context, calls the procedures at once, and answers when all are done or the deadline is
 * there. Never rejects.
 */
export async function run(exchange: Exchange): Promise<void> {
  const { settings, res } = exchange;
  res.on('close', () => leave(exchange));
  if (settings.deadlineMs > 0) exchange.timer = setTimeout(expire, settings.deadlineMs, exchange);
  let fault: { cause: unknown } | undefined;
  try {
    exchange.ctx = await settings.options.createContext(exchange);
  } catch (cause) {
    fault = { cause: getTRPCErrorFromUnknown(cause) };
  }
  for (const call of exchange.calls) void runCall(exchange, call, fault);
}

async function runCall(
  exchange: Exchange,
  call: Call,
  fault: { cause: unknown } | undefined,
): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = { data: await invoke(exchange, call, fault) };
  } catch (cause) {
    outcome = { error: getTRPCErrorFromUnknown(cause) };
    if (!exchange.isAnswered && !isClientDisconnect(outcome.error, exchange.res))
      tell(exchange, outcome.error, exchange, call);
  }
  settle(exchange, call, outcome);
}

/** Calls the procedure, after tRPC's own checks in tRPC's order. */
function invoke(
  exchange: Exchange,
  call: Call,
  fault: { cause: unknown } | undefined,
): Promise<unknown> {
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
  if (fault) throw fault.cause;
  if (announcesMoreThan(req, exchange.bodyLimit))
    throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE' });
  const getRawInput = () => exchange.inputs.read(index);
  return invokeProcedure(procedure, { path, type, ctx, signal, batchIndex: index, getRawInput });
}

function settle(exchange: Exchange, call: Call, outcome: Outcome): void {
  if (call.outcome) return;
  call.outcome = outcome;
  exchange.pending -= 1;
  if (exchange.pending === 0) respond(exchange);
}

/** At the deadline, calls that are not done fail; the others keep their outcome. */
function expire(exchange: Exchange): void {
  const error = deadlineError(exchange.settings.deadlineMs, exchange.inputs.isAwaited);
  if (error.code === 'SERVICE_UNAVAILABLE') exchange.headers['retry-after'] = '1';
  for (const call of exchange.calls) {
    if (call.outcome) continue;
    tell(exchange, error, exchange, call);
    settle(exchange, call, { error });
  }
  exchange.abort();
}

function leave(exchange: Exchange): void {
  if (exchange.isAnswered) return;
  exchange.isClientGone = true;
  clearTimeout(exchange.timer);
  exchange.abort();
}
