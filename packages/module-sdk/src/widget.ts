import type { z } from 'zod';
import type { LoadContext } from './context.js';
import { type Issue, ParamsError } from './errors.js';
import {
  type ConfigSchema,
  type DataSchema,
  idSchema,
  issuesOf,
  type ParamsSchema,
} from './schemas.js';
import { type View, views } from './view.js';

/** Result of `answer`: the data, or the validation errors of the parameters or the data. */
export type WidgetAnswer<Data> =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'invalid-params'; readonly issues: readonly Issue[] }
  | { readonly kind: 'invalid-data'; readonly issues: readonly Issue[] };

/** A widget as used by the server and the test harness. */
export interface Widget<
  Id extends string,
  Params extends ParamsSchema,
  Data extends DataSchema,
  Config,
> {
  readonly id: Id;
  readonly title: string;
  readonly view: View;
  readonly paramsSchema: Params;
  readonly dataSchema: Data;
  /** Seconds for which data counts as fresh. */
  readonly maxAge: number;
  /** Validates the parameters, loads, and validates the data. Throws the errors of `load`. */
  readonly answer: (
    params: unknown,
    context: LoadContext<Config>,
  ) => Promise<WidgetAnswer<z.output<Data>>>;
}

/** Argument of `defineWidget`. */
export interface WidgetDefinition<
  Id extends string,
  Params extends ParamsSchema,
  Data extends DataSchema,
  Config extends ConfigSchema,
> {
  /** Lower-case letters, digits and hyphens; unique within the module. */
  id: Id;
  /** Name for people. */
  title: string;
  /** Preferred presentation of the data. */
  view: View;
  /** The module's configuration schema; required if `load` reads `config`. */
  configSchema?: Config;
  /** Give each parameter a default, so that the widget works without any. */
  paramsSchema: Params;
  dataSchema: Data;
  /** Seconds for which data counts as fresh. The server does not load again before they pass. */
  maxAge: number;
  /** Loads the data. Throw `ModuleError` for an expected failure. */
  load: (
    params: z.output<Params>,
    context: LoadContext<z.output<Config>>,
  ) => z.input<NoInfer<Data>> | Promise<z.input<NoInfer<Data>>>;
}

/**
 * Defines a widget. `load` receives parameters that match `paramsSchema` and must return data that
 * matches `dataSchema`.
 *
 * @example
 * ```ts
 * const total = defineWidget({
 *   id: 'total',
 *   title: 'Total',
 *   view: 'stat',
 *   paramsSchema: z.object({}),
 *   dataSchema: z.object({ value: z.number() }),
 *   maxAge: 60,
 *   load: async (_params, { store }) => ({ value: Number(await store.get('total')) }),
 * });
 * ```
 * @throws Error if the id, `view` or `maxAge` is invalid
 */
export function defineWidget<
  const Id extends string,
  Params extends ParamsSchema,
  Data extends DataSchema,
  Config extends ConfigSchema = ConfigSchema,
>(
  definition: WidgetDefinition<Id, Params, Data, Config>,
): Widget<Id, Params, Data, z.output<Config>> {
  const { id, title, view, paramsSchema, dataSchema, maxAge, load } = definition;
  if (!idSchema.safeParse(id).success)
    throw new Error(`Widget id "${id}" must be lower-case letters, digits and hyphens`);
  if (!views.includes(view))
    throw new Error(`Widget ${id}: view must be one of ${views.join(', ')}`);
  if (!(Number.isFinite(maxAge) && maxAge >= 0))
    throw new Error(`Widget ${id}: maxAge must be a number of seconds, 0 or more`);

  return {
    id,
    title,
    view,
    paramsSchema,
    dataSchema,
    maxAge,
    async answer(input, context) {
      const params = await paramsSchema.safeParseAsync(input);
      if (!params.success) return { kind: 'invalid-params', issues: issuesOf(params.error) };
      try {
        const data = await dataSchema.safeParseAsync(await load(params.data, context));
        return data.success
          ? { kind: 'data', data: data.data }
          : { kind: 'invalid-data', issues: issuesOf(data.error) };
      } catch (error) {
        if (error instanceof ParamsError) return { kind: 'invalid-params', issues: error.issues };
        throw error;
      }
    },
  };
}
