import type { ModuleEvent } from '@synap/module-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModuleCallError } from './call-error.js';
import { startFixtures } from './testing/fixtures.js';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000 };

type Running = Awaited<ReturnType<typeof startFixtures>>;
let running: Running;

beforeAll(async () => {
  running = await startFixtures(['synap-module-workbench'], {
    environment: {
      SYNAP_WORKBENCH_NUMBERS: '1, 2.5',
      SYNAP_WORKBENCH_LOUD: 'true',
      SYNAP_WORKBENCH_GRETING: 'typo',
      SECRET_OF_SERVER: 'x',
    },
  });
  await running.registry.settled();
});
afterAll(() => running.registry.close());

const load = (
  widgetId: string,
  params = {},
  options: { signal?: AbortSignal; deadlineMs?: number } = {},
) => running.registry.load({ moduleId: 'workbench', widgetId, params, ...options });
const rejection = async (call: Promise<unknown>): Promise<ModuleCallError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ModuleCallError) return error;
  throw new Error(`Expected a ModuleCallError, got ${String(error)}`);
};

describe('a module that behaves', () => {
  it('is listed under its own id with its widgets and their JSON Schemas', () => {
    const info = running.registry.get('workbench');
    expect(info).toMatchObject({
      name: 'Workbench',
      version: '1.2.3',
      status: 'ready',
      sync: { everySeconds: 60 },
    });
    expect(info?.access).toEqual({ kind: 'everyone' });
    const echo = info?.widgets.find(({ id }) => id === 'echo');
    expect(echo).toMatchObject({ title: 'echo', view: 'stat', maxAge: 10 });
    expect(echo?.paramsSchema).toMatchObject({
      type: 'object',
      properties: { limit: { type: 'integer', default: 10 } },
    });
  });

  it('returns data, with parameters validated and completed by its own schema', async () => {
    expect(await load('echo')).toEqual({ data: { limit: 10 }, maxAge: 10 });
  });

  it('accepts a number as text from a query string', async () => {
    expect((await load('echo', { limit: '25', repository: '7' })).data).toEqual({
      limit: 25,
      repository: '7',
    });
  });

  it('is configured from its own environment variables', async () => {
    expect((await load('config')).data).toEqual({
      greeting: 'Hello',
      numbers: [1, 2.5],
      loud: true,
    });
  });

  it('gets nothing of the server’s environment, folder or arguments', async () => {
    const { data } = await load('surroundings');
    expect(data).toMatchObject({ cwd: '/', arguments: [] });
    expect(JSON.stringify(data)).not.toContain('SYNAP_');
    expect(JSON.stringify(data)).not.toContain('SECRET_OF_SERVER');
  });

  it('survives logging any value', async () => {
    const { data: before } = await load('surroundings');
    expect((await load('odd-lines')).data).toBe('logged');
    await expect
      .poll(() => running.log.lines.some(({ message }) => message.startsWith('yyy')), soon)
      .toBe(true);
    const lines = running.log.lines.filter(({ message }) =>
      /^(a (knot|number|heap)|y+)$/.test(message),
    );
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines).length).toBeLessThan(12_000);
    expect((await load('surroundings')).data).toEqual(before);
  });

  it('lists the variables that it reads', () => {
    const [{ prefix, names } = { prefix: '', names: [] }] = running.registry.variables();
    expect([prefix, names]).toEqual([
      'SYNAP_WORKBENCH_',
      expect.arrayContaining(['SYNAP_WORKBENCH_GREETING']),
    ]);
    expect(names).not.toContain('SYNAP_WORKBENCH_GRETING');
  });
});

describe('a call that fails', () => {
  it.each([
    ['nothing', 'echo', 'unknown-module'],
    ['workbench', 'nothing', 'unknown-widget'],
  ])('names what is unknown (%s/%s)', async (moduleId, widgetId, kind) => {
    expect((await rejection(running.registry.load({ moduleId, widgetId, params: {} }))).kind).toBe(
      kind,
    );
  });

  it('lists the validation errors of the parameters', async () => {
    const error = await rejection(load('echo', { limit: 'many' }));
    expect(error).toMatchObject({
      kind: 'invalid-params',
      issues: [{ path: ['limit'], code: 'invalid_type' }],
    });
  });

  it('lists parameters that the module itself rejects', async () => {
    expect((await rejection(load('choosy'))).issues).toEqual([
      { path: ['repository'], message: 'There is no such repository', code: 'custom' },
    ]);
  });

  it.each(['wrong', 'huge', 'cyclic'])(
    'is a typed error when the data is not what the module promised (%s)',
    async (widgetId) => {
      expect((await rejection(load(widgetId))).kind).toBe('invalid-data');
    },
  );

  it('has the message of an expected failure, and its Retry-After', async () => {
    expect(await rejection(load('foreseen'))).toMatchObject({
      kind: 'failed',
      message: 'The well is dry: dig deeper',
    });
    expect(await rejection(load('busy'))).toMatchObject({ kind: 'failed', retryAfter: 42 });
  });

  it('hides the message of an exception, and logs it', async () => {
    const error = await rejection(load('throw'));
    expect(error.kind).toBe('failed');
    expect(error.message).not.toContain('canary');
    await expect
      .poll(() => JSON.stringify(running.log.lines), soon)
      .toContain('canary-of-a-raw-error');
  });
});

describe('a run of the sync job', () => {
  it('emits events in batches, reports progress, and uses the store with its run id', async () => {
    const batches: (readonly ModuleEvent[])[] = [];
    const progress: unknown[] = [];
    await running.registry.sync({
      moduleId: 'workbench',
      runId: 'run-1',
      onEvents: async (events) => void batches.push(events),
      onProgress: (step) => void progress.push(step),
    });
    expect(batches.map(({ length }) => length)).toEqual([500, 200]);
    expect(batches[0]?.[0]).toEqual({
      key: 'run-0-0',
      type: 'bench.turn',
      time: new Date(0),
      // Characters that PostgreSQL rejects are replaced.
      subject: 'a\uFFFDb',
      payload: { text: 'lone \uFFFD surrogate' },
    });
    expect(progress).toEqual([0, 1, 2].map((done) => ({ done, total: 2 })));
    expect(running.hostServices.values).toEqual(new Map([['workbench/runs', 1]]));
    expect(new Set(running.hostServices.scopes.map(({ runId }) => runId))).toEqual(
      new Set(['run-1']),
    );
    expect((await load('stored')).data).toBe(1);
  });

  it('rejects with the server’s own error if the server could not store the events', async () => {
    const away = new Error('the database is away');
    const run = running.registry.sync({
      moduleId: 'workbench',
      runId: 'run-2',
      onEvents: () => Promise.reject(away),
    });
    await expect(run).rejects.toBe(away);
  });

  it('does not let a load write', async () => {
    expect((await load('write-in-load')).data).toBe('undefined');
  });

  it('fails on an invalid key, and the module keeps running', async () => {
    const { data: before } = await load('surroundings');
    expect((await rejection(load('odd-key'))).kind).toBe('failed');
    expect((await load('surroundings')).data).toEqual(before);
  });
});

describe('a call that is aborted', () => {
  it('rejects at once when the caller leaves; the module gets the abort and keeps running', async () => {
    const { data: before } = await load('surroundings');
    const leaving = new AbortController();
    const call = rejection(load('patient', {}, { signal: leaving.signal }));
    await load('count');
    leaving.abort();
    expect((await call).kind).toBe('aborted');
    await expect
      .poll(() => running.log.lines.map(({ message }) => message), soon)
      .toContain('The load was aborted');
    expect((await load('surroundings')).data).toEqual(before);
  });

  it('does not start when the caller has left already', async () => {
    expect((await rejection(load('count', {}, { signal: AbortSignal.abort() }))).kind).toBe(
      'aborted',
    );
  });

  it('rejects at its deadline', async () => {
    expect(await rejection(load('patient', {}, { deadlineMs: 200 }))).toMatchObject({
      kind: 'timeout',
    });
  });
});
