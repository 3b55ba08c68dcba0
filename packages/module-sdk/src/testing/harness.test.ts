import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineModule, defineWidget, ModuleError } from '../index.js';
import { setUpModule } from './index.js';

const configSchema = z.object({ step: z.number().default(1) });
const total = defineWidget({
  id: 'total',
  title: 'Total',
  view: 'stat',
  maxAge: 1,
  paramsSchema: z.object({ unit: z.string().default('pieces') }),
  dataSchema: z.object({ total: z.number(), unit: z.string() }),
  load: async ({ unit }, { store }) => ({ total: Number(await store.get('total')), unit }),
});
const counter = defineModule({
  id: 'counter',
  name: 'Counter',
  configSchema,
  widgets: [total],
  syncJob: {
    every: 60,
    async run({ config, store, emit, log, progress, signal }) {
      signal.throwIfAborted();
      const value = Number(await store.get('total')) + config.step;
      await store.set('total', value);
      await emit([{ key: 'started', type: 'counter.started', time: new Date(0), payload: {} }]);
      log.info('Counted', { value });
      progress(1, 1);
      if (value > 2) throw new ModuleError('That is enough');
    },
  },
});

describe('the test harness', () => {
  it('loads typed widgets from data that the sync job stored', async () => {
    const harness = await setUpModule(counter, { step: 2 });
    await harness.sync();
    const data = await harness.load(total, {});
    expectTypeOf(data).toEqualTypeOf<{ total: number; unit: string }>();
    expect(data).toEqual({ total: 2, unit: 'pieces' });
  });

  it('records events, logs and progress, and drops an event that was emitted before', async () => {
    const harness = await setUpModule(counter, {});
    await harness.sync();
    await harness.sync();
    expect(harness.events.map(({ key }) => key)).toEqual(['started']);
    expect(harness.logs).toEqual(
      [1, 2].map((value) => ({ level: 'info', message: 'Counted', fields: { value } })),
    );
    expect(harness.progress).toEqual([1, 1].map((done) => ({ done, total: 1 })));
    expect(harness.store).toEqual(new Map([['total', 2]]));
    await expect(harness.sync()).rejects.toThrow('That is enough');
  });

  it('rejects invalid configuration, parameters and data', async () => {
    await expect(setUpModule(counter, { step: Number.NaN })).rejects.toThrow(z.ZodError);
    const harness = await setUpModule(counter, {});
    harness.store.set('total', 'many');
    await expect(harness.load(total, {})).rejects.toThrow(/^invalid-data: total: /);
    await expect(harness.load(total, JSON.parse('{"unit": 7}'))).rejects.toThrow(
      /^invalid-params: unit: /,
    );
  });

  it('passes the signal to the module', async () => {
    const harness = await setUpModule(counter, {});
    await expect(harness.sync({ signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow(
      'stop',
    );
  });
});
