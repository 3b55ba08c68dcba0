import { codesOf, sqlStateOf, uniqueViolation } from './driver-errors.js';
import { SessionSettingsError } from './session.js';

/**
 * Kinds of database errors, as callers handle them:
 * - `bad-input`: the database cannot store the value (400).
 * - `unavailable`: temporary; try again later (503).
 * - `read-only`: the server accepts no writes, for example a standby (503).
 * - `not-migrated`: the schema is older than the program (503).
 * - `unique`, `reference`: a constraint is violated.
 */
export type FaultKind =
  | 'bad-input'
  | 'unavailable'
  | 'read-only'
  | 'not-migrated'
  | 'unique'
  | 'reference';

export interface DatabaseFault {
  kind: FaultKind;
  /** The five-character SQLSTATE, if PostgreSQL responded. */
  sqlState: string | null;
}

/**
 * Connection (08), authorisation (28), missing database (3D), resources (53), operator (57P), and
 * all time-outs and serialisation failures.
 */
const unavailableStates = /^(08...|28...|3D000|53...|57P..|57014|55P03|25P03|25P04|40001|40P01)$/;
/** Missing table, column, type or schema. */
const unmigratedStates = /^(42P01|42703|42704|42883|3F000)$/;

const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1010',
  'P1017',
  'P2024',
  'P2034',
  'P2037',
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  // Certificates that OpenSSL or Node rejects.
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'EPROTO',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_TLS_HANDSHAKE_TIMEOUT',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
]);

/** Message of a read that waited too long for a statement. */
export const waitExceeded = 'Timeout exceeded when waiting to read';

/** Errors of pg and pg-pool that have no code. */
const unavailableMessages =
  /^(timeout exceeded when trying to connect|timeout expired$|Connection terminated|Query read timeout|Cannot use a pool after calling end|Client has encountered a connection error|Client was closed|The server does not support SSL|There was an error establishing an SSL)/;

/** P2028 covers every transaction error; only these two are temporary. */
const transactionTimeouts = /Unable to start a transaction in the given time|expired transaction/;

function kindOfState(state: string): FaultKind | null {
  if (state.startsWith('22')) return 'bad-input';
  if (state === '25006') return 'read-only';
  if (unavailableStates.test(state)) return 'unavailable';
  if (unmigratedStates.test(state)) return 'not-migrated';
  return state === '23503' ? 'reference' : null;
}

function kindOf(error: Error, state: string | null): FaultKind | null {
  if (state !== null) return uniqueViolation(error) ? 'unique' : kindOfState(state);
  if (error instanceof SessionSettingsError) return 'unavailable';
  const codes = codesOf(error);
  if (codes.some((code) => code !== null && unavailableCodes.has(code))) return 'unavailable';
  if (codes.includes('P2021') || codes.includes('P2022')) return 'not-migrated';
  if (codes.includes('P2028'))
    return transactionTimeouts.test(error.message) ? 'unavailable' : null;
  const isTemporary = error.message === waitExceeded || unavailableMessages.test(error.message);
  return isTemporary ? 'unavailable' : null;
}

/**
 * Classifies an error of Prisma, adapter-pg, pg or its pool. Returns `null` for all others, which
 * are internal errors (500).
 */
export function toDatabaseFault(error: unknown): DatabaseFault | null {
  if (!(error instanceof Error)) return null;
  const sqlState = sqlStateOf(error);
  const kind = kindOf(error, sqlState);
  return kind && { kind, sqlState };
}

/**
 * True if the database is unavailable, read-only or not migrated: respond with 503 and try again
 * later.
 */
export function isUnavailable(error: unknown): boolean {
  const kind = toDatabaseFault(error)?.kind;
  return kind === 'unavailable' || kind === 'read-only' || kind === 'not-migrated';
}
