import { property } from '../thrown.js';

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The cause that adapter-pg derives from the driver's error, if Prisma passes it on. */
function adapterCause(error: unknown): unknown {
  return (
    property(property(property(error, 'meta'), 'driverAdapterError'), 'cause') ??
    property(error, 'cause')
  );
}

/**
 * Returns the SQLSTATE of a pg or Prisma error; `null` if the error does not come from PostgreSQL.
 */
export function sqlStateOf(error: unknown): string | null {
  const code = text(property(adapterCause(error), 'originalCode')) ?? text(property(error, 'code'));
  const isState =
    code !== null && /^[0-9A-Z]{5}$/.test(code) && !/^(P[1-9]\d{3}|E[A-Z]{4})$/.test(code);
  return isState ? code : null;
}

/**
 * Collects Prisma's code (P2028), adapter-pg's kind (ConnectionClosed) and Node's code
 * (ECONNREFUSED).
 */
export function codesOf(error: unknown): (string | null)[] {
  return [text(property(error, 'code')), text(property(adapterCause(error), 'kind'))];
}

/** The unique constraint that was violated. */
export interface UniqueViolation {
  /** Name of the constraint or unique index, as in the migrations. */
  constraint: string | null;
  /** Column names, if PostgreSQL or Prisma reports them. */
  fields: string[];
}

function fieldsOf(detail: string | null): string[] {
  const list = /^Key \((.+?)\)=/.exec(detail ?? '')?.[1];
  return list ? list.split(', ').map((name) => name.replaceAll('"', '')) : [];
}

/** Returns the unique constraint that a pg or Prisma error reports; `null` for any other error. */
export function uniqueViolation(error: unknown): UniqueViolation | null {
  if (sqlStateOf(error) !== '23505') return null;
  const reported = property(adapterCause(error), 'constraint');
  const fields = property(reported, 'fields');
  return {
    constraint: text(property(error, 'constraint')) ?? text(property(reported, 'index')),
    fields: Array.isArray(fields)
      ? fields.filter((field) => typeof field === 'string')
      : fieldsOf(text(property(error, 'detail'))),
  };
}
