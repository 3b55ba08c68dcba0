import { text } from 'node:stream/consumers';
import { QueryClient, QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query';
import { createElement, Suspense } from 'react';
import { prerenderToNodeStream } from 'react-dom/static';
import { expect, test } from 'vitest';
import { createClient } from '../index.js';
import { serveSynap } from '../testing/server.js';
import { credentials } from '../testing/sessions.js';
import { createSynapQueries, type SynapQueries } from './index.js';

function Greeting({ queries }: { queries: SynapQueries }) {
  const { data } = useSuspenseQuery(
    queries.users.me.get.queryOptions(undefined, { select: ({ name }) => name }),
  );
  return createElement('p', null, `Hello ${data}`);
}

test('a component renders the data of its query', async () => {
  const server = await serveSynap();
  const client = createClient({ url: server.url });
  const queries = createSynapQueries(client);
  const cache = new QueryClient();
  try {
    await client.$session.signIn(credentials);
    const page = createElement(
      QueryClientProvider,
      { client: cache },
      createElement(Suspense, null, createElement(Greeting, { queries })),
    );
    const { prelude } = await prerenderToNodeStream(page);
    expect(await text(prelude)).toContain('<p>Hello Ada</p>');
  } finally {
    cache.clear();
    await server.close();
  }
});
