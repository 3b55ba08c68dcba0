import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClient } from '@synap/client';
import { until } from '@synap/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type ServerUnderTest, startServerUnderTest } from './server-under-test.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'synap-repository-'));
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
const git = (...args: string[]) =>
  execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim();

let server: ServerUnderTest;
let token: string;

beforeAll(async () => {
  git('init', '--quiet', '--initial-branch=main');
  for (const subject of ['First', 'Second', 'Third'])
    git('commit', '--quiet', '--allow-empty', '--message', subject);
  server = await startServerUnderTest({
    variables: { SYNAP_GIT_REPOSITORIES: folder, SYNAP_HOST_ACCESS: 'everyone' },
  });
  token = await server.signIn();
  await until(
    async () => (await server.rest('GET', '/modules/git', { token })).body.status === 'ready',
  );
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the bundled modules', () => {
  it('are found, ready, and list their widgets with the schemas of parameters and data', async () => {
    const { body } = await server.rest('GET', '/modules', { token });
    expect(body.items).toMatchObject([
      {
        id: 'git',
        status: 'ready',
        widgets: expect.arrayContaining(['commits', 'authors', 'activity']),
      },
      {
        id: 'host',
        status: 'ready',
        widgets: expect.arrayContaining(['cpu', 'memory', 'disks', 'load']),
      },
    ]);
    const widgets = await server.rest('GET', '/widgets?size=100', { token });
    const commits = widgets.body.items.find(
      (widget: { id: string; moduleId: string }) =>
        widget.moduleId === 'git' && widget.id === 'commits',
    );
    expect(commits.paramsSchema.properties.limit).toMatchObject({ type: 'integer', maximum: 100 });
    expect(commits.dataSchema.properties).toHaveProperty('commits');
  });

  it('show the real commits of a repository', async () => {
    const { status, body } = await server.rest('GET', '/widget-data/git/commits?params[limit]=2', {
      token,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      stale: false,
      data: { total: Number(git('rev-list', '--count', 'HEAD')) },
    });
    expect(body.data.commits).toMatchObject([
      { subject: 'Third', author: 'Ada', hash: git('rev-parse', 'HEAD') },
      { subject: 'Second' },
    ]);
    expect(Date.parse(body.asOf)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('read equal parameters from every form of a query, from a body, and over RPC', async () => {
    const target = '/widget-data/git/commits';
    const queries = [
      'limit=2',
      'widgetParams[limit]=2',
      'params[limit]=2',
      `widgetParams=${encodeURIComponent('{"limit":2}')}`,
    ];
    const answers = [
      ...(await Promise.all(
        queries.map((query) => server.rest('GET', `${target}?${query}`, { token })),
      )),
      await server.rest('POST', target, { token, body: { params: { limit: 2 } } }),
    ];
    const client = createClient({ url: server.origin });
    await client.$session.signIn(admin);
    const { data } = await client.widgets.data.query({
      moduleId: 'git',
      widgetId: 'commits',
      params: { limit: 2 },
    });
    expect(data).toMatchObject({ commits: [{ subject: 'Third' }, { subject: 'Second' }] });
    expect(answers.map(({ status, body }) => ({ status, data: body.data }))).toEqual(
      answers.map(() => ({ status: 200, data })),
    );
  });

  it('treat parameters in a body like those in a query, with defaults and pointers to faults', async () => {
    const post = (target: string, body?: unknown) =>
      server.rest('POST', `/widget-data/${target}`, { token, body });
    expect((await post('git/commits')).body.data.commits).toHaveLength(3);
    expect(await post('git/commits', { params: { limit: 1000 } })).toMatchObject({
      status: 400,
      body: { code: 'bad_request', errors: [{ pointer: '/params/limit' }] },
    });
    expect(await post('git/nothing', { params: {} })).toMatchObject({ status: 404 });
  });

  it('show the real memory of the host', async () => {
    const { body } = await server.rest('GET', '/widget-data/host/memory', { token });
    expect(body.data.total / os.totalmem()).toBeCloseTo(1, 1);
  });

  it('reject invalid parameters with 400 and a pointer, unknown widgets and modules with 404', async () => {
    const wrong = await server.rest('GET', '/widget-data/git/commits?params[limit]=1000', {
      token,
    });
    expect(wrong).toMatchObject({
      status: 400,
      body: { code: 'bad_request', errors: [{ pointer: '/params/limit' }] },
    });
    expect(await server.rest('GET', '/widget-data/git/nothing', { token })).toMatchObject({
      status: 404,
    });
    expect(await server.rest('GET', '/widget-data/nothing/commits', { token })).toMatchObject({
      status: 404,
    });
  });

  it('are hidden from ordinary users by default', async () => {
    const user = await server.newUser();
    for (const [method, target] of [
      ['GET', '/widget-data/git/commits'],
      ['POST', '/widget-data/git/commits'],
      ['POST', '/modules/git/sync'],
      ['GET', '/modules/git/runs'],
    ] as const) {
      expect(await server.rest(method, target, { token: user.token }), target).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
    expect(await server.rest('GET', '/widget-data/host/load', { token: user.token })).toMatchObject(
      { status: 200 },
    );
    const widgets = await server.rest('GET', '/widgets?size=100', { token: user.token });
    expect(
      new Set(widgets.body.items.map((widget: { moduleId: string }) => widget.moduleId)),
    ).toEqual(new Set(['host']));
  });

  it('synchronise on demand: 202, a run with progress, and one event for each commit', async () => {
    const started = await server.rest('POST', '/modules/git/sync', { token });
    expect(started.status).toBe(202);
    const finished = async (runId: string) => {
      const run = () => server.rest('GET', `/modules/git/runs/${runId}`, { token });
      await until(async () => ['succeeded', 'failed'].includes((await run()).body.status));
      return (await run()).body;
    };
    await finished(started.body.runId);
    git('commit', '--quiet', '--allow-empty', '--message', 'Fourth');
    const second = await finished(
      (await server.rest('POST', '/modules/git/sync', { token })).body.runId,
    );
    expect(second).toMatchObject({
      status: 'succeeded',
      events: 1,
      progress: { done: 1, total: 1 },
      error: null,
    });
    const third = await finished(
      (await server.rest('POST', '/modules/git/sync', { token })).body.runId,
    );
    expect(third).toMatchObject({ status: 'succeeded', events: 0 });
    const { body } = await server.rest('GET', '/widget-data/git/commits?params[limit]=1', {
      token,
    });
    expect(body.data).toMatchObject({ total: 4, commits: [{ subject: 'Fourth' }] });
    const module = await server.rest('GET', '/modules/git', { token });
    expect(module.body.lastRun.id).toBe(third.id);
  });
});
