import { describe, expect, it } from 'vitest';
import { widgetParamsSchema } from './dashboards/dashboards.schemas.js';
import { isShallowJson } from './depth.js';
import { widgetDataInput } from './widgets/widgets.schemas.js';

/** Creates parameters with that many levels. */
const params = (levels: number): Record<string, unknown> =>
  JSON.parse(`{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);

describe('free-form JSON', () => {
  it.each([
    ['of a placed widget', (value: unknown) => widgetParamsSchema.safeParse(value)],
    ['of a widget that is read', (value: unknown) => widgetDataInput.shape.params.safeParse(value)],
  ])('%s nests at most 32 levels deep', (_of, parse) => {
    expect(parse(params(32)).success).toBe(true);
    expect(parse({ ...params(33), b: 1 }).error?.issues).toMatchObject([
      { path: [], code: 'custom' },
    ]);
    expect(parse({ a: 'x'.repeat(1000), b: Array.from({ length: 1000 }, () => [1]) }).success).toBe(
      true,
    );
  });

  it('visits each object once, however often it occurs', () => {
    let visits = 0;
    const counted = (value: object) =>
      new Proxy(value, {
        ownKeys(target) {
          visits += 1;
          return Reflect.ownKeys(target);
        },
      });
    let graph: object = {};
    for (let level = 1; level < 32; level += 1) graph = counted({ left: graph, right: graph });
    expect([isShallowJson(graph), visits]).toEqual([true, 31]);
    expect([isShallowJson({ graph }), isShallowJson([graph, [graph]])]).toEqual([false, false]);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(isShallowJson(circle)).toBe(false);
  });
});
