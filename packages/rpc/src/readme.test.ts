import { runExample } from '@synap/http/testing';
import { expect, it } from 'vitest';

it('runs the example of the README', async () => {
  const { url, stop } = await runExample(new URL('../', import.meta.url));
  try {
    const input = encodeURIComponent('{"greeting":"Hello"}');
    const response = await fetch(`${url}/trpc/greet?input=${input}`);
    expect(await response.json()).toEqual({ result: { data: 'Hello, stranger!' } });
  } finally {
    await stop();
  }
});
