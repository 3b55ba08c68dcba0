function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Reflect.get(value, name)
    : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What adapter-pg made of the driver's error, where Prisma hands it on. */
function adapterCause(error: unknown): unknown {
  return (
    property(property(property(error, 'meta'), 'driverAdapterError'), 'cause') ??
    property(error, 'cause')
  );
}

/** The SQLSTATE behind an error of pg or of Prisma; `null` when PostgreSQL did not speak. */
export function sqlStateOf(error: unknown): string | null {
  const code = text(property(adapterCause(error), 'originalCode')) ?? text(property(error, 'code'));
  const isState =
    code !== null && /^[0-9A-Z]{5}$/.test(code) && !/^(P[1-9]\d{3}|E[A-Z]{4})$/.test(code);
  return isState ? code : null;
}

/**
 * Prisma's own code (P2028), adapter-pg's kind (ConnectionClosed) and Node's code (ECONNREFUSED),
 * as far as there are.
 */
export function codesOf(error: unknown): (string | null)[] {
  return [text(property(error, 'code')), text(property(adapterCause(error), 'kind'))];
}

/** Which unique constraint was violated. */
export interface UniqueViolation {
  /** Name of the constraint or unique index, as the migrations have it. */
  constraint: string | null;
  /** Column names, where PostgreSQL or Prisma tells them. */
  fields: string[];
}

function fieldsOf(detail: string | null): string[] {
  const list = /^Key \((.+?)\)=/.exec(detail ?? '')?.[1];
  return list ? list.split(', ').map((name) => name.replaceAll('"', '')) : [];
}

/**
 * The unique constraint that an error of pg or of Prisma reports; `null` when it is another error.
 */
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
