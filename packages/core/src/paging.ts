import { badRequest, idSchema, type Page } from '@synap/contracts';

const invalidCursorError = () =>
  badRequest('The cursor is invalid: pass `nextCursor` of the previous page, or omit it.', [
    { pointer: '/cursor', message: 'Unknown cursor', code: 'invalid_cursor' },
  ]);

/** Decodes the cursor of a list that is ordered by id. */
export function cursorId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = idSchema.safeParse(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!id.success) throw invalidCursorError();
  return id.data;
}

/**
 * Builds a page from `size + 1` rows ordered by id: the extra row only shows that there is a next
 * page.
 */
export function pageById<T extends { id: string }>(rows: T[], size: number): Page<T> {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      rows.length > size && last ? Buffer.from(last.id, 'latin1').toString('base64url') : null,
  };
}

/** Builds a page of an in-memory list that is ordered by an unchanging name. */
export function pageByName<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  { cursor, size }: { cursor?: string | undefined; size: number },
): Page<T> {
  const after =
    cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
  if (after !== undefined && Buffer.from(after, 'utf8').toString('base64url') !== cursor)
    throw invalidCursorError();
  const rest = after === undefined ? all : all.filter((item) => nameOf(item) > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      rest.length > size && last ? Buffer.from(nameOf(last), 'utf8').toString('base64url') : null,
  };
}
