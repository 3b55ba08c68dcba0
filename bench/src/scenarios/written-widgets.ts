import { widgetsPerDashboard } from '../data/bench-size.js';

/** Widgets of a dashboard that is created or saved. */
export const writtenWidgets = Array.from({ length: widgetsPerDashboard }, (_, position) => ({
  moduleId: 'host',
  widgetId: 'load',
  params: {},
  x: (position % 4) * 3,
  y: Math.floor(position / 4) * 4,
  w: 3,
  h: 4,
}));
