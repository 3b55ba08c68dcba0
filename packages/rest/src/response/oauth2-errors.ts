import type { Problem } from '../problem.js';

const errorCodes = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
] as const;
type ErrorCode = (typeof errorCodes)[number];

/** HTTP statuses that are more specific than 400. */
const ownStatuses: ReadonlySet<number> = new Set([405, 406, 408, 413, 415]);

const isKnown = (code: string): code is ErrorCode => errorCodes.some((known) => known === code);

/**
 * Selects the error code (RFC 6749 §5.2): first a code named by an issue, then a repeated
 * parameter, then an invalid one.
 */
function errorOf({ status, code, errors = [] }: Problem): ErrorCode {
  const named = [code, ...errors.map((issue) => issue.code)].find(isKnown);
  if (named !== undefined) return named;
  if (errors.some((issue) => issue.code === 'repeated')) return 'invalid_request';
  if (errors.some(({ pointer }) => pointer === '/grant_type')) return 'unsupported_grant_type';
  if (errors.length > 0 && errors.every(({ pointer }) => pointer === '/scope'))
    return 'invalid_scope';
  return status === 401 || status === 403 ? 'invalid_grant' : 'invalid_request';
}

/** Replaces characters that §5.2 forbids: non-ASCII, quotation mark and backslash. */
const printable = (text: string) =>
  text
    .replaceAll('…', '...')
    .replaceAll(/["“”‘’\\]/g, "'")
    .replaceAll(/[^\u0020-\u007e]/g, '?');

function descriptionOf({ detail, errors = [] }: Problem): string {
  const issues = errors
    .filter(({ pointer }) => pointer !== '')
    .map(({ pointer, message }) => `${pointer.slice(1)}: ${message}`);
  // An application's detail says what to do. The default detail only says that the input is
  // invalid.
  const isGeneral = issues.length > 0 && detail.startsWith('The input is not valid');
  return printable(isGeneral ? issues.join('; ') : detail);
}

/**
 * Errors of an OAuth 2.0 token endpoint (RFC 6749 §5.2). Rate limits (429) and server errors (5xx)
 * stay problems.
 */
export const oauth2 = {
  headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
  mediaType: 'application/json',
  schemaName: 'OAuth2Error',
  schema: {
    type: 'object',
    description: 'Error of a token endpoint, RFC 6749 §5.2.',
    required: ['error'],
    properties: {
      error: { type: 'string', enum: errorCodes, description: 'Machine-readable error code.' },
      error_description: {
        type: 'string',
        description: 'Explanation of this error, and how to fix it.',
      },
    },
  },
  statusOf: (status: number): number | undefined =>
    status === 429 || status >= 500 ? undefined : ownStatuses.has(status) ? status : 400,
  write: (problem: Problem) => ({
    error: errorOf(problem),
    error_description: descriptionOf(problem),
  }),
} as const;
