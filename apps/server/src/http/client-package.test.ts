import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { version } from '../config/version.js';
import { createClientPackage } from './client-package.js';

let folder: string;
let origin: string;
let close: () => Promise<unknown>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'synap-client-'));
  const server = createServer(express().use(createClientPackage(path.join(folder, 'client.tgz'))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

it('hands out the packed client, once for each who has it', async () => {
  await writeFile(path.join(folder, 'client.tgz'), 'packed');
  for (const name of ['client.tgz', `client-${version}.tgz`]) {
    const answer = await fetch(`${origin}/${name}`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'application/gzip',
      'packed',
    ]);
    const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await fetch(`${origin}/${name}`, { headers })).status).toBe(304);
  }
  expect((await fetch(`${origin}/client-0.0.0.tgz`)).status).toBe(404);
});

it('says what to do if the client was not packed', async () => {
  const answer = await fetch(`${origin}/client.tgz`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('pnpm build');
});
