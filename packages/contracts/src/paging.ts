import { z } from 'zod';
import { textSchema } from './text.js';

/** Input of every list: keyset paging. */
export const pageInput = z.object({
  cursor: textSchema(0, 500)
    .optional()
    .describe('`nextCursor` of the previous page; absent for the first page.'),
  size: z.number().int().min(1).max(100).default(20).describe('Items per page.'),
});
export type PageInput = z.output<typeof pageInput>;

/** Output of every list; `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Cursor of the next page; null on the last.'),
  });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
