/** Hints for rendering a widget's data. A client that does not know a hint renders a table. */
export const views = ['table', 'list', 'stat', 'gauge', 'bar', 'line'] as const;
/** One of `views`. */
export type View = (typeof views)[number];
