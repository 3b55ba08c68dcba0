import { type Event, jsonSchema, type ListEvents } from '@synap/contracts';
import type { Db, Prisma } from '@synap/db';
import { cursorId } from '../paging.js';

const eventSelect = {
  id: true,
  source: true,
  type: true,
  subject: true,
  moduleId: true,
  actorId: true,
  address: true,
  requestId: true,
  payload: true,
  occurredAt: true,
} satisfies Prisma.EventSelect;

/** Reads events, newest first. Read-only. */
export function createEventsRepository(db: Db) {
  const present = (row: Prisma.EventGetPayload<{ select: typeof eventSelect }>): Event => ({
    ...row,
    payload: jsonSchema.parse(row.payload),
  });

  return {
    async find(id: string): Promise<Event | null> {
      const row = await db.event.findUnique({ where: { id }, select: eventSelect });
      return row && present(row);
    },

    async list({
      cursor,
      size,
      source,
      type,
      subject,
      actorId,
      from,
      to,
    }: ListEvents): Promise<Event[]> {
      const before = cursorId(cursor);
      const rows = await db.event.findMany({
        where: {
          ...(before && { id: { lt: before } }),
          ...(source && { source }),
          ...(type && { type }),
          ...(subject && { subject }),
          ...(actorId && { actorId }),
          ...((from || to) && {
            occurredAt: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) },
          }),
        },
        orderBy: { id: 'desc' },
        take: size + 1,
        select: eventSelect,
      });
      return rows.map(present);
    },
  };
}

export type EventsRepository = ReturnType<typeof createEventsRepository>;
