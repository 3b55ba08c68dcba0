import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { LoadContext } from './context.js';
import { ParamsError } from './errors.js';
import { defineWidget } from './widget.js';

const context: LoadContext<{ factor: number }> = {
  config: { factor: 3 },
  store: { get: async () => null },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  signal: new AbortController().signal,
};
const empty = z.object({});

describe('a widget', () => {
  const configSchema = z.object({ factor: z.number() });
  const widget = defineWidget({
    id: 'product',
    title: 'Product',
    view: 'stat',
    maxAge: 1,
    configSchema,
    paramsSchema: z.object({
      n: z.number().default(2),
      fault: z.enum(['data', 'params']).optional(),
    }),
    dataSchema: z.object({ product: z.number().max(100), note: z.string().optional() }),
    load: ({ n, fault }, { config }) => {
      if (fault === 'params') throw new ParamsError(['n'], 'does not exist');
      return { product: fault === 'data' ? 1_000 : n * config.factor };
    },
  });

  it('loads with validated parameters and the configuration', async () => {
    expect(await widget.answer({ n: 4 }, context)).toEqual({ kind: 'data', data: { product: 12 } });
    expect(await widget.answer({}, context)).toEqual({ kind: 'data', data: { product: 6 } });
  });

  it('does not load with invalid parameters, and returns their paths', async () => {
    expect(await widget.answer({ n: 'x' }, context)).toMatchObject({
      kind: 'invalid-params',
      issues: [{ path: ['n'], code: 'invalid_type' }],
    });
    expect(await widget.answer({ fault: 'params' }, context)).toEqual({
      kind: 'invalid-params',
      issues: [{ path: ['n'], message: 'does not exist', code: 'custom' }],
    });
  });

  it('does not return data that its schema rejects', async () => {
    expect(await widget.answer({ fault: 'data' }, context)).toMatchObject({
      kind: 'invalid-data',
      issues: [{ path: ['product'] }],
    });
  });

  it('throws the errors of load', async () => {
    const load = () => Promise.reject(new Error('broken'));
    const broken = defineWidget({ ...base('broken'), dataSchema: z.null(), load });
    await expect(broken.answer({}, context)).rejects.toThrow('broken');
  });

  it('is typed by its schemas', () => {
    expectTypeOf(widget.id).toEqualTypeOf<'product'>();
    expectTypeOf<z.output<typeof widget.dataSchema>>().toEqualTypeOf<{
      product: number;
      note?: string | undefined;
    }>();
    // @ts-expect-error data must be what the schema accepts
    defineWidget({ ...base('wrong-data'), dataSchema: z.array(z.number()), load: () => ['1'] });
    defineWidget({
      ...base('no-json'),
      // @ts-expect-error a Date does not survive JSON
      dataSchema: z.object({ at: z.date() }),
      load: () => ({ at: new Date() }),
    });
    defineWidget({
      ...base('wrong-params'),
      dataSchema: z.string(),
      // @ts-expect-error the schema has no such parameter
      load: ({ nothing }) => nothing,
    });
    defineWidget({
      ...base('no-config'),
      dataSchema: z.number(),
      // @ts-expect-error without a configSchema the configuration has no type
      load: (_, { config }) => config.factor,
    });
  });

  it.each([
    [{ id: 'Upper' }, /lower-case letters/],
    [{ id: '' }, /lower-case letters/],
    [{ maxAge: -1 }, /maxAge/],
    [{ maxAge: Number.NaN }, /maxAge/],
  ])('cannot be defined with %j', (fault, message) => {
    expect(() =>
      defineWidget({ ...base('x'), dataSchema: z.null(), load: () => null, ...fault }),
    ).toThrow(message);
  });
});

function base<const Id extends string>(id: Id) {
  return { id, title: 'x', view: 'stat', maxAge: 1, paramsSchema: empty } as const;
}
