import { badRequest, idSchema, type Page } from '@synap/contracts';

const refused = () =>
  badRequest(
    'The cursor is not one of ours: pass `nextCursor` of the page before, or leave it out.',
    [{ pointer: '/cursor', message: 'Unknown cursor', code: 'invalid_cursor' }],
  );

/** The id behind a cursor of a list that is ordered by id. */
export function cursorId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = idSchema.safeParse(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!id.success) throw refused();
  return id.data;
}

/**
 * A page out of `size + 1` rows ordered by id: the row too many only tells that there is a next
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

/** A page of a list that is whole in memory, ordered by a name that stays. */
export function pageByName<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  { cursor, size }: { cursor?: string | undefined; size: number },
): Page<T> {
  const after =
    cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
  if (after !== undefined && Buffer.from(after, 'utf8').toString('base64url') !== cursor)
    throw refused();
  const rest = after === undefined ? all : all.filter((item) => nameOf(item) > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextCursor:
      rest.length > size && last ? Buffer.from(nameOf(last), 'utf8').toString('base64url') : null,
  };
}
