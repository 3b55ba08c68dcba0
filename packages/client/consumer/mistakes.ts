// Every statement is wrong. The comment above it lists the accepted error numbers; the compiler
// must report one of them and nothing else.
import { createClient, isSynapError } from '@synap/client';
import { createSynapQueries } from '@synap/client/react';
import { QueryClient } from '@tanstack/react-query';

const id = '7d1b2f7e-0c64-4a0e-8a5d-3b8f1d0a9c22';
const place = { x: 0, y: 0, w: 1, h: 1 };
const client = createClient({ url: 'http://localhost:3000' });
const queries = createSynapQueries(client);
const failure: unknown = undefined;
const dashboard = await client.dashboards.get.query({ id });

// TS2345 TS2741 the address is missing
createClient({});
// TS2551 a misspelt router
client.dashboard.get.query({ id });
// TS2339 a misspelt procedure
client.dashboards.fetch.query({ id });
// TS2339 a mutation is not a query
client.dashboards.create.query({ name: 'Mine' });
// TS2345 TS2741 a missing parameter
client.dashboards.get.query({});
// TS2322 a parameter of the wrong type
client.dashboards.get.query({ id: 5 });
// TS2561 a misspelt parameter
client.dashboards.create.mutate({ name: 'Mine', widget: [] });
// TS2741 a placement without its widget
client.dashboards.create.mutate({ name: 'Mine', widgets: [{ moduleId: 'git', ...place }] });
// TS2322 a parameter of a widget that is not JSON
client.dashboards.create.mutate({
  name: 'Mine',
  widgets: [{ moduleId: 'git', widgetId: 'commits', ...place, params: { at: () => 1 } }],
});
// TS2339 a field that is not there
dashboard.title;
// TS2339 a date is not a string
dashboard.createdAt.trim();
// TS2345 a misspelt error code
isSynapError(failure, 'notfound');
// TS2345 TS2741 no password
client.$session.signIn({ email: 'ada@example.org' });
// TS2339 a misspelt procedure in the bindings
queries.dashboards.fetch.queryOptions({ id });
// TS2769 a wrong parameter in the bindings
queries.dashboards.get.queryOptions({ id: 5 });
// TS2339 a field that is not there, through the bindings
(await new QueryClient().fetchQuery(queries.dashboards.get.queryOptions({ id }))).title;
