import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { LoadServices, SyncContext, SyncServices } from './context.js';
import { defineModule } from './define-module.js';
import { ModuleError, RetryAfter } from './errors.js';
import type { ModuleEvent } from './event.js';
import { moduleBrand, SDK_VERSION } from './module.js';
import { defineWidget } from './widget.js';

const configSchema = z.object({ greeting: z.string().default('Hello') });
const greet = defineWidget({
  id: 'greet',
  title: 'Greeting',
  view: 'stat',
  maxAge: 60,
  configSchema,
  paramsSchema: z.object({ name: z.string() }),
  dataSchema: z.object({ text: z.string() }),
  load: ({ name }, { config }) => {
    if (name === 'missing') throw new ModuleError('There is no one to greet');
    if (name === 'later') throw new RetryAfter(7);
    if (name === 'bug') throw new TypeError('a bug');
    return { text: `${config.greeting} ${name}` };
  },
});
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const loadServices: LoadServices = {
  log: silent,
  store: { get: async () => null },
  signal: new AbortController().signal,
};

function syncServices() {
  const events: ModuleEvent[] = [];
  const services: SyncServices = {
    ...loadServices,
    store: { get: async () => null, set: async () => {}, delete: async () => {} },
    emit: async (emitted) => void events.push(...emitted),
    progress: () => {},
  };
  return { events, services };
}

async function open(module: { open: (typeof greeter)['open'] }, config: unknown = {}) {
  const result = await module.open(config);
  if (result.kind !== 'opened') throw new Error('The configuration was refused');
  return result.module;
}

const greeter = defineModule({ id: 'greeter', name: 'Greeter', configSchema, widgets: [greet] });

describe('a module', () => {
  it('is recognised across copies of the SDK, with its protocol version', () => {
    expect(Symbol.for('synap.module')).toBe(moduleBrand);
    expect(greeter[moduleBrand]).toBe(SDK_VERSION);
  });

  it('describes itself as plain JSON: input schemas of parameters, output schemas of data', () => {
    const description = greeter.describe();
    expect(JSON.parse(JSON.stringify(description))).toEqual({
      id: 'greeter',
      name: 'Greeter',
      defaultAccess: 'everyone',
      configSchema: {
        type: 'object',
        properties: { greeting: { type: 'string', default: 'Hello' } },
      },
      widgets: [
        {
          id: 'greet',
          title: 'Greeting',
          view: 'stat',
          maxAge: 60,
          paramsSchema: {
            type: 'object',
            properties: { name: { type: 'string' } },
            required: ['name'],
          },
          dataSchema: {
            type: 'object',
            properties: { text: { type: 'string' } },
            required: ['text'],
            additionalProperties: false,
          },
        },
      ],
    });
  });

  it('names the widget whose schema JSON Schema cannot express', () => {
    const widget = defineWidget({
      id: 'odd',
      title: 'Odd',
      view: 'stat',
      maxAge: 1,
      paramsSchema: z.object({ when: z.date() }),
      dataSchema: z.null(),
      load: () => null,
    });
    const module = defineModule({
      id: 'odd',
      name: 'Odd',
      configSchema: z.object({}),
      widgets: [widget],
    });
    expect(() => module.describe()).toThrow(
      /^paramsSchema of widget odd cannot be written as JSON Schema \(.*Date.*\)/,
    );
  });

  it('opens with its configuration and defaults, and rejects an invalid one', async () => {
    const opened = await open(greeter, { greeting: 'Servus' });
    expect(await opened.load('greet', { name: 'Ann' }, loadServices)).toEqual({
      kind: 'data',
      data: { text: 'Servus Ann' },
    });
    expect(await greeter.open({ greeting: 7 })).toMatchObject({
      kind: 'invalid-config',
      issues: [{ path: ['greeting'] }],
    });
  });

  it('turns expected failures into outcomes, and throws bugs', async () => {
    const opened = await open(greeter);
    const load = (name: string) => opened.load('greet', { name }, loadServices);
    expect(await load('missing')).toEqual({ kind: 'failed', message: 'There is no one to greet' });
    expect(await load('later')).toMatchObject({ kind: 'failed', retryAfter: 7 });
    await expect(load('bug')).rejects.toThrow('a bug');
    expect(await opened.load('nothing', {}, loadServices)).toEqual({ kind: 'unknown-widget' });
    expect(await opened.sync(syncServices().services)).toEqual({ kind: 'no-sync-job' });
  });

  it('waits a minute if the requested delay is invalid', () => {
    expect(
      [new RetryAfter(0), new RetryAfter(Number.NaN), new RetryAfter(-1)].map(
        ({ seconds }) => seconds,
      ),
    ).toEqual([0, 60, 60]);
  });

  it('emits events, and rejects an invalid one with its path', async () => {
    const event = { key: 'a', type: 'feed.item', time: new Date(0), payload: {} };
    const emitting = (events: ModuleEvent[]) =>
      defineModule({
        ...empty('emitter'),
        syncJob: { every: 60, run: ({ emit }) => emit(events) },
      });
    const good = syncServices();
    expect(await (await open(emitting([event]))).sync(good.services)).toEqual({ kind: 'done' });
    expect(good.events).toEqual([event]);
    for (const fault of [
      { key: '' },
      { type: 'Not Good' },
      { time: new Date(Number.NaN) },
      { subject: 'x'.repeat(201) },
    ]) {
      const bad = syncServices();
      expect(
        await (await open(emitting([event, { ...event, ...fault }]))).sync(bad.services),
      ).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(
          `^The module emitted an invalid event at 1\\.${Object.keys(fault)[0]}: `,
        ),
      });
      expect(bad.events).toEqual([]);
    }
  });

  it('emits events of the years 1 to 9999, and rejects the time of others', async () => {
    const at = (time: Date) => {
      const event = { key: 'a', type: 'feed.item', time, payload: {} };
      return defineModule({
        ...empty('emitter'),
        syncJob: { every: 60, run: ({ emit }) => emit([event]) },
      });
    };
    for (const time of ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])
      expect(await (await open(at(new Date(time)))).sync(syncServices().services)).toEqual({
        kind: 'done',
      });
    for (const time of [
      '0000-12-31T23:59:59.999Z',
      '-000044-03-15T00:00:00.000Z',
      '+010000-01-01T00:00:00.000Z',
    ])
      expect(await (await open(at(new Date(time)))).sync(syncServices().services)).toEqual({
        kind: 'failed',
        message: 'The module emitted an invalid event at 0.time: must be in the years 1 to 9999',
      });
    expect(await (await open(at(new Date('no date')))).sync(syncServices().services)).toEqual({
      kind: 'failed',
      message: 'The module emitted an invalid event at 0.time: must be a valid Date',
    });
  });

  it('rejects an oversized event or value, and names it', async () => {
    const running = async (run: (context: SyncContext<unknown>) => Promise<void>) =>
      (await open(defineModule({ ...empty('hoarder'), syncJob: { every: 60, run } }))).sync(
        syncServices().services,
      );
    const event = (text: string) => ({
      key: 'a',
      type: 'feed.item',
      time: new Date(0),
      payload: { text },
    });
    expect(await running(({ emit }) => emit([event('ä'.repeat(127_000))]))).toEqual({
      kind: 'done',
    });
    expect(await running(({ emit }) => emit([event('ä'.repeat(128_000))]))).toEqual({
      kind: 'failed',
      message: expect.stringMatching(
        /^The module emitted an event \("a"\) of 256,\d{3} bytes as JSON, more than 256,000/,
      ),
    });
    expect(await running(({ store }) => store.set('b', 'x'.repeat(999_998)))).toEqual({
      kind: 'done',
    });
    expect(await running(({ store }) => store.set('b', 'x'.repeat(999_999)))).toEqual({
      kind: 'failed',
      message: expect.stringMatching(
        /^The module stored a value \("b"\) of 1,000,001 bytes as JSON, more than 1,000,000/,
      ),
    });
  });

  it('has the ids of its widgets in its type, and accepts only widgets that fit its configuration', () => {
    expectTypeOf<(typeof greeter)['widgets'][number]['id']>().toEqualTypeOf<'greet'>();
    const other = z.object({ greeting: z.number() });
    // @ts-expect-error the widget reads a greeting that is a string
    defineModule({ id: 'other', name: 'Other', configSchema: other, widgets: [greet] });
  });

  it('cannot be defined with an invalid id, a duplicate widget, a key named access or a too frequent sync job', () => {
    expect(() => defineModule({ ...empty('Greeter') })).toThrow(/lower-case/);
    expect(() =>
      defineModule({ ...empty('greeter'), configSchema, widgets: [greet, greet] }),
    ).toThrow(/two widgets have the id "greet"/);
    expect(() =>
      defineModule({ ...empty('greeter'), configSchema: z.object({ access: z.string() }) }),
    ).toThrow(/"access"/);
    expect(() =>
      defineModule({ ...empty('greeter'), syncJob: { every: 9, run: () => {} } }),
    ).toThrow(/at least 10 seconds/);
  });
});

function empty<const Id extends string>(id: Id) {
  return { id, name: 'x', configSchema: z.object({}), widgets: [] };
}
