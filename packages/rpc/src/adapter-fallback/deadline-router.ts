import { deadlineError } from '@synap/http';
import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError } from '@trpc/server';

type CallOptions = Parameters<AnyTRPCProcedure>[0];
type Procedures = Record<string | symbol, AnyTRPCProcedure | undefined>;

/**
 * Wraps a router so that its calls fail at the deadline, because tRPC's adapter has none. A stream
 * that has begun has no deadline.
 */
export function createDeadlineRouter(router: AnyTRPCRouter, deadlineMs: number): AnyTRPCRouter {
  const limited = new WeakMap<AnyTRPCProcedure, AnyTRPCProcedure>();
  const limit = (procedure: AnyTRPCProcedure): AnyTRPCProcedure => {
    const proxy = limited.get(procedure) ?? limitProcedure(procedure, deadlineMs);
    limited.set(procedure, proxy);
    return proxy;
  };
  const procedures = new Proxy<Procedures>(router._def.procedures, {
    get(target, path) {
      const procedure = target[path];
      return procedure && limit(procedure);
    },
  });
  return { ...router, _def: { ...router._def, procedures } };
}

function limitProcedure(procedure: AnyTRPCProcedure, deadlineMs: number): AnyTRPCProcedure {
  return new Proxy(procedure, {
    apply: (target, _self, [options]: [CallOptions]) => callWithin(deadlineMs, target, options),
  });
}

async function callWithin(
  deadlineMs: number,
  procedure: AnyTRPCProcedure,
  options: CallOptions,
): Promise<unknown> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const { code, message } = deadlineError(deadlineMs, false);
      reject(new TRPCError({ code, message }));
      controller.abort();
    }, deadlineMs);
  });
  const signal = options.signal
    ? AbortSignal.any([options.signal, controller.signal])
    : controller.signal;
  try {
    return await Promise.race([procedure({ ...options, signal }), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
