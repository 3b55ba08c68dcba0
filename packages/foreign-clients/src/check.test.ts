import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CheckedServer, checkForeignClients } from './check.js';
import { createDownloads, type FetchLimits } from './downloads.js';
import type { Command, Download, Flow, Generator } from './generator.js';

const node = (script: string): Command => ({ program: process.execPath, args: ['--eval', script] });
const good: Flow = {
  modules: ['git', 'host'],
  created: 'Made abroad',
  rows: 2,
  saved: 'Saved abroad',
  version: 2,
  absent: 'not_found',
};
const prints = (flow: Flow) =>
  node(`console.log('a remark'); console.log(${JSON.stringify(JSON.stringify(flow))})`);
const download = (...commands: Command[]): Download => ({
  name: 'tool-1',
  needs: [],
  commands: () => commands,
});
const generator = (changes: Partial<Generator> = {}): Generator => ({
  name: 'made-up',
  version: '1',
  documents: ['openapi.json', 'openapi-3.0.json'],
  needs: [],
  downloads: [],
  programs: [],
  generate: () => node('require("node:fs").copyFileSync("openapi.json", "generated")'),
  compile: () => [
    node('process.exit(require("node:fs").readFileSync("generated", "utf8") === "{}" ? 0 : 1)'),
  ],
  run: () => prints(good),
  ...changes,
});

let documentServer: Server;
let server: CheckedServer;
let cache: string;

beforeAll(async () => {
  documentServer = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => documentServer.listen(0, '127.0.0.1', resolve));
  const address = documentServer.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  server = {
    baseUrl: `http://127.0.0.1:${port}`,
    account: { email: 'ann@example.org', password: 'secret' },
  };
});
afterAll(async () => {
  documentServer.closeAllConnections();
  await new Promise((resolve) => documentServer.close(resolve));
});
beforeEach(async () => {
  cache = await mkdtemp(path.join(os.tmpdir(), 'synap-downloads-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const check = (
  generators: Generator[],
  limits: FetchLimits = { commandMs: 15_000, totalMs: 15_000 },
) => checkForeignClients(server, { generators, downloads: createDownloads(cache, limits) });

describe('the check of foreign clients', () => {
  it('passes a client whose program completes the flow', async () => {
    expect(await check([generator()])).toMatchObject([
      { result: 'passed', document: 'openapi.json' },
    ]);
  });

  it('uses every document of a generator with allDocuments', async () => {
    const options = {
      generators: [generator()],
      downloads: createDownloads(cache),
      allDocuments: true,
    };
    const outcomes = await checkForeignClients(server, options);
    expect(outcomes.map(({ document }) => document)).toEqual(['openapi.json', 'openapi-3.0.json']);
  });

  it('skips a generator whose toolchain is missing, and names it', async () => {
    const [outcome] = await check([generator({ needs: ['no-such-toolchain'] })]);
    expect(outcome).toMatchObject({ result: 'skipped', reason: 'no-such-toolchain not found' });
  });

  it('skips all generators that share a failed download, and tries it once', async () => {
    const failing = download(
      node(
        `require('node:fs').appendFileSync('../attempts', 'x'); console.error('refused'); process.exit(1)`,
      ),
    );
    const outcomes = await check([
      generator({ downloads: [failing] }),
      generator({ downloads: [failing] }),
    ]);
    const skipped = { result: 'skipped', reason: 'tool-1 could not be fetched: refused' };
    expect(outcomes).toMatchObject([skipped, skipped]);
    expect(await readFile(path.join(cache, 'attempts'), 'utf8')).toBe('x');
  });

  it('skips a generator whose download takes too long, and kills its processes', async () => {
    const hangs = download(node('setInterval(() => {}, 1000)'));
    const [outcome] = await check([generator({ downloads: [hangs] })], {
      commandMs: 100,
      totalMs: 15_000,
    });
    expect(outcome).toMatchObject({
      result: 'skipped',
      reason: 'tool-1 could not be fetched: node took longer than 1 s',
    });
  });

  it('fetches nothing more once the time for fetching is used up', async () => {
    const [outcome] = await check([generator({ downloads: [download(node(''))] })], {
      commandMs: 15_000,
      totalMs: 0,
    });
    expect(outcome).toMatchObject({
      result: 'skipped',
      reason: expect.stringContaining('used up'),
    });
  });

  it('caches a complete download for later runs', async () => {
    const once = `const { appendFileSync } = require('node:fs'); appendFileSync('../attempts', 'x');`;
    const failing = generator({ downloads: [download(node(`${once} process.exit(1)`))] });
    const working = generator({ downloads: [download(node(once))] });
    for (const one of [failing, working, working]) await check([one]);
    expect(await readFile(path.join(cache, 'attempts'), 'utf8')).toBe('xx');
  });

  it.each([
    {
      step: 'generating',
      changes: { generate: () => node('console.error("no such thing"); process.exit(3)') },
      says: 'no such thing',
    },
    {
      step: 'compiling',
      changes: { compile: () => [node('process.exit(1)')] },
      says: 'node ended with 1',
    },
    {
      step: 'the program',
      changes: { run: () => node('process.exit(1)') },
      says: 'node ended with 1',
    },
    {
      step: 'the program, by what it prints',
      changes: { run: () => node('console.log("done")') },
      says: 'JSON',
    },
    {
      step: 'the limit',
      changes: { run: () => prints({ ...good, rows: 10 }) },
      says: 'With limit=2 the widget gave 10 rows.',
    },
    {
      step: 'the error',
      changes: { run: () => prints({ ...good, absent: 'undefined' }) },
      says: 'problem code "undefined"',
    },
  ])('fails where $step fails', async ({ changes, says }) => {
    const [outcome] = await check([generator(changes)]);
    expect(outcome).toMatchObject({ result: 'failed', reason: expect.stringContaining(says) });
  });
});
