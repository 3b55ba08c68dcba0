import { type Widget, type WidgetData, widgets } from '@synap/contracts';
import { exampleOf } from './example.js';

const load: Widget = {
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
const commits: WidgetData = {
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

export const widgetsExamples = {
  list: exampleOf(widgets.list, {
    input: { size: 1 },
    output: { items: [load], nextCursor: 'aG9zdC9sb2Fk' },
  }),
  data: exampleOf(widgets.data, {
    input: { moduleId: 'git', widgetId: 'commits', params: { limit: 1 } },
    output: commits,
    problems: {
      400: {
        code: 'bad_request',
        detail: 'Faulty parameters for widget commits',
        errors: [
          {
            pointer: '/params/limit',
            message: 'Too big: expected number to be <=100',
            code: 'too_big',
          },
        ],
      },
      403: {
        code: 'forbidden',
        detail:
          'The operator has not opened the module "git" to you: SYNAP_GIT_ACCESS says who may read it.',
      },
      404: {
        code: 'not_found',
        detail:
          'The module "git" has no widget "tags"; it has: commits, authors, activity, repositories',
      },
      503: { code: 'unavailable', detail: 'The module is down' },
    },
  }),
};
