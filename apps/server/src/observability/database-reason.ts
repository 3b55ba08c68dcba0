import { scrubText } from './scrub.js';

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * Returns why the database cannot be used, as a line for the operator. API callers get less detail.
 */
export function databaseReason(error: unknown): string {
  const code = codeOf(error);
  const text =
    error instanceof Error && error.message !== '' ? error.message : code || String(error);
  return scrubText(`${text}${adviceFor(code, text)}`);
}

function adviceFor(code: string, text: string): string {
  if (/CERT|ALTNAME|ISSUER|VERIFY/.test(code))
    return ' – sslrootcert=… in the address names the authority that signed it; sslmode=require encrypts without checking it';
  if (text.includes('does not support SSL'))
    return ' – sslmode=disable in the address connects without TLS';
  return '';
}
