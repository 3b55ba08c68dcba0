import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { messageOf } from '../thrown.js';

/**
 * A database address that cannot be used. The message never contains the address, which may hold a
 * password.
 */
export class DatabaseAddressError extends Error {
  override name = 'DatabaseAddressError';
}

const fail = (message: string): never => {
  throw new DatabaseAddressError(message);
};

function parse(url: string): URL {
  const isAddress = /^postgres(ql)?:/.test(url) && URL.canParse(url);
  return isAddress
    ? new URL(url)
    : fail('must be an address such as postgresql://user:password@host:5432/database');
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return fail(
      `has a "%" in its ${part} that does not begin a valid escape: write a literal "%" as %25`,
    );
  }
}

/** PostgreSQL truncates longer identifiers, so later look-ups by the full name would fail. */
const maxIdentifierLength = 63;

/**
 * Returns the schema from Prisma's `?schema=` parameter; `undefined` if the address has none.
 *
 * @throws DatabaseAddressError for a name that would need quoting or exceeds 63 characters
 */
export function schemaOf(url: string): string | undefined {
  const schema = parse(url).searchParams.get('schema') ?? undefined;
  if (schema !== undefined && !/^[a-z_][a-z0-9_]*$/.test(schema))
    fail(
      `has the schema "${schema}", which must consist of lower-case letters, digits and underscores`,
    );
  if (schema !== undefined && schema.length > maxIdentifierLength)
    fail(`has a schema of more than ${maxIdentifierLength} characters`);
  return schema;
}

function readCertificate(parameters: URLSearchParams, name: string): string | undefined {
  const file = parameters.get(name);
  if (file === null || file === 'system') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return fail(`has ${name}=${file}, which cannot be read: ${messageOf(error)}`);
  }
}

/**
 * Returns `undefined` for the default port. Throws for an invalid one, which pg would silently
 * replace by the default.
 */
function portOf(text: string): number | undefined {
  if (text === '') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536
    ? port
    : fail(`has the port "${text}", which must be a number from 1 to 65535`);
}

/** Verifies the certificate chain but not the host name. */
const chainOnly = { checkServerIdentity: () => undefined };

/**
 * Maps libpq's `sslmode` (https://www.postgresql.org/docs/current/libpq-ssl.html) to TLS options.
 * Two differences: TLS is off by default, and `prefer` never falls back to plain text.
 * `verify-full` without `sslrootcert` trusts Node's certificate authorities.
 */
function tlsOf(parameters: URLSearchParams): ConnectionOptions | false {
  const mode = parameters.get('sslmode') ?? process.env.PGSSLMODE ?? 'disable';
  if (mode === 'disable') return false;
  const ca = readCertificate(parameters, 'sslrootcert');
  const files: ConnectionOptions = {
    ca,
    cert: readCertificate(parameters, 'sslcert'),
    key: readCertificate(parameters, 'sslkey'),
  };
  switch (mode) {
    case 'prefer':
    case 'no-verify':
      return Object.assign(files, { rejectUnauthorized: false });
    case 'require':
      // Verifies the chain if a root certificate is given, as libpq does for backward
      // compatibility.
      return Object.assign(files, ca === undefined ? { rejectUnauthorized: false } : chainOnly);
    case 'verify-ca':
      if (ca === undefined)
        fail('has sslmode=verify-ca, which needs the file of the authority: add sslrootcert=…');
      return Object.assign(files, chainOnly);
    case 'verify-full':
      return files;
    default:
      return fail(`has sslmode=${mode}; use disable, prefer, require, verify-ca or verify-full`);
  }
}

/**
 * Converts an address to pg's configuration. Replaces pg's own parser, which garbles escapes beside
 * a space and interprets `sslmode` differently. Drops all parameters not named here, such as
 * Prisma's `connection_limit`.
 *
 * @throws DatabaseAddressError
 */
export function connectionOf(url: string): ClientConfig {
  const address = parse(url);
  const { searchParams: parameters } = address;
  const read = (part: string, text: string) => (text === '' ? undefined : decode(part, text));
  const hostname = read('host', address.hostname)?.replace(/^\[(.+)\]$/, '$1');
  const host = parameters.get('host') ?? hostname;
  if (host?.includes(',')) fail('has several hosts: name only the host of the primary');
  schemaOf(url);
  return {
    user: parameters.get('user') ?? read('user name', address.username),
    password: parameters.get('password') ?? read('password', address.password),
    host,
    port: portOf(parameters.get('port') ?? address.port),
    database: read('database name', address.pathname.slice(1)),
    // Set by the operator only, for example to select the endpoint of a hosted PostgreSQL.
    options: parameters.get('options') ?? undefined,
    ssl: tlsOf(parameters),
  };
}
