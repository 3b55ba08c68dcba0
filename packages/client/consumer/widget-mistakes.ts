// Declared widgets: first correct uses, then mistakes as in mistakes.ts.
import { createClient, type PlaceWidget } from '@synap/client';
import { createSynapQueries } from '@synap/client/react';
import { QueryClient, skipToken, useQuery } from '@tanstack/react-query';

declare module '@synap/client' {
  interface WidgetTypes {
    git: {
      commits: { params: { repository?: string; limit?: number }; data: { total: number } };
      file: { params: { path: string }; data: { text: string } };
    };
    host: { cpu: { params: Record<never, never>; data: { busy: number } } };
  }
}

const client = createClient({ url: 'http://localhost:3000' });
const queries = createSynapQueries(client);
const place = { x: 0, y: 0, w: 1, h: 1 };
const commits = { moduleId: 'git', widgetId: 'commits' } as const;

const { data, asOf } = await client.widgets.data.query({ ...commits, params: { limit: 5 } });
data.total.toFixed();
asOf.getTime();
const placed: PlaceWidget[] = [
  { ...commits, ...place },
  { moduleId: 'host', widgetId: 'cpu', ...place },
];
const { version } = await client.dashboards.create.mutate({ name: 'Mine', widgets: placed });
version.toFixed();
await client.dashboards.create.mutate({ name: 'Empty' });
await client.widgets.list.query({});
const cached = await new QueryClient().fetchQuery(queries.widgets.data.queryOptions(commits));
cached.data.total.toFixed();
export const useTotal = (shown: boolean): number | undefined =>
  useQuery(queries.widgets.data.queryOptions(shown ? commits : skipToken)).data?.data.total;
export const useText = (path: string): string | undefined =>
  useQuery(
    queries.widgets.data.queryOptions(
      { moduleId: 'git', widgetId: 'file', params: { path } },
      { select: ({ data: { text } }) => text },
    ),
  ).data;

const stored = await client.dashboards.get.query({ id: '7d1b2f7e-0c64-4a0e-8a5d-3b8f1d0a9c22' });
await client.dashboards.save.mutate({ ...stored, name: 'Renamed' });
await client.dashboards.save.mutate({ ...stored, widgets: [...stored.widgets, ...placed] });
for (const widget of stored.widgets) {
  const drawn = await client.widgets.data.query(widget);
  if (widget.widgetId === 'commits') widget.params.limit?.toFixed();
  if ('busy' in drawn.data) drawn.data.busy.toFixed();
}

// TS2322 TS2820 TS2769 a misspelt widget
client.widgets.data.query({ moduleId: 'git', widgetId: 'comits' });
// TS2769 TS2322 TS2820 a misspelt module
client.widgets.data.query({ moduleId: 'got', widgetId: 'commits' });
// TS2769 TS2322 a widget of another module
client.widgets.data.query({ moduleId: 'host', widgetId: 'commits' });
// TS2769 TS2322 a parameter of the wrong type
client.widgets.data.query({ ...commits, params: { limit: 'all' } });
// TS2769 TS2353 TS2561 a misspelt parameter
client.widgets.data.query({ ...commits, params: { limits: 5 } });
// TS2769 TS2345 missing required parameters
client.widgets.data.query({ moduleId: 'git', widgetId: 'file' });
// TS2339 TS2551 a field that the data does not have
data.totals;
// TS2322 TS2820 a misspelt widget on a dashboard
client.dashboards.create.mutate({
  name: 'Mine',
  widgets: [{ moduleId: 'git', widgetId: 'comits', ...place }],
});
// TS2322 TS2353 TS2561 a misspelt parameter on a dashboard
client.dashboards.create.mutate({
  name: 'Mine',
  widgets: [{ ...commits, ...place, params: { limits: 5 } }],
});
// TS2769 a misspelt widget in the bindings
queries.widgets.data.queryOptions({ moduleId: 'git', widgetId: 'comits' });
