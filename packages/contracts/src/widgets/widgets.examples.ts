import type { Widget, WidgetData } from './widgets.schemas.js';

export const load: Widget = {
  id: 'load',
  moduleId: 'host',
  title: 'Load',
  view: 'stat',
  maxAge: 2,
  paramsSchema: { type: 'object', properties: {}, additionalProperties: false },
  dataSchema: {
    type: 'object',
    properties: {
      one: { type: 'number', description: 'Load average over 1 minute.' },
      cores: { type: 'integer' },
    },
    required: ['one', 'cores'],
  },
};
export const commits: WidgetData = {
  data: {
    total: 1280,
    commits: [
      {
        hash: '8cb32fb4e1d05a7c9f36b2e8d4a1750c6e93fb2d',
        author: 'Ann Berg',
        date: '2026-11-22T19:31:07Z',
        subject: 'Close the file before it is moved',
      },
    ],
  },
  asOf: new Date('2026-11-23T07:05:11.870Z'),
  stale: false,
};
