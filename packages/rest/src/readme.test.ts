import { type RunningExample, runExample } from '@synap/http/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('the example of the README', () => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await runExample(new URL('../', import.meta.url));
  });
  afterAll(() => example.stop());

  it('reads and creates notes', async () => {
    const { url } = example;
    expect(await (await fetch(`${url}/api/notes/1`)).json()).toEqual({ id: 1, title: 'Milk' });
    const created = await fetch(`${url}/api/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"Bread"}',
    });
    expect([created.status, created.headers.get('location')]).toEqual([201, '/api/notes/2']);
    const missing = await fetch(`${url}/api/notes/7`);
    expect(await missing.json()).toMatchObject({
      status: 404,
      detail: 'There is no such note.',
      instance: '/api/notes/7',
    });
  });

  it('serves its document', async () => {
    const response = await fetch(`${example.url}/openapi.json`);
    expect(await response.json()).toMatchObject({ paths: { '/notes/{id}': { get: {} } } });
  });
});
