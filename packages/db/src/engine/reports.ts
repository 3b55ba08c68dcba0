import { sqlStateOf } from '../client/driver-errors.js';
import { messageOf, property } from '../thrown.js';
import { EnginePanic } from './wasm.js';

/** Returns Prisma's code (P1001) for an error of the engine or the driver. */
export function codeOf(error: unknown): string | null {
  const code = property(error, 'code');
  if (typeof code === 'string' && /^P[1-9]\d{3}$/.test(code)) return code;
  const state = sqlStateOf(error);
  if (state === '3D000') return 'P1003';
  if (state === '28P01' || state === '28000') return 'P1000';
  return typeof code === 'string' && /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EHOST|ENET)/.test(code)
    ? 'P1001'
    : null;
}

/** Builds the JSON-RPC error that Prisma's CLI prints. */
export function rpcError(error: unknown): object {
  const message = messageOf(error);
  const isPanic = error instanceof EnginePanic;
  return {
    code: 4466,
    message,
    data: { is_panic: isPanic, message, meta: null, error_code: isPanic ? null : codeOf(error) },
  };
}

/** Formats one log line for stderr, as the CLI expects it. */
export function logLine(level: 'INFO' | 'ERROR', fields: Record<string, unknown>): string {
  return `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' })}\n`;
}
