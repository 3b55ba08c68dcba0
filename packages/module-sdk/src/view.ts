/** How a widget's data wants to be drawn; a client that does not know a hint draws a table. */
export const views = ['table', 'list', 'stat', 'gauge', 'bar', 'line'] as const;
export type View = (typeof views)[number];
