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

/** What `answer` gives: the data, or what was wrong with the question or the answer. */
export type WidgetAnswer<Data> =
  | { readonly kind: 'data'; readonly data: Data }
  | { readonly kind: 'invalid-params'; readonly issues: readonly Issue[] }
  | { readonly kind: 'invalid-data'; readonly issues: readonly Issue[] };

/** A widget as the server and the test harness use it. */
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
  /** Checks the parameters, loads, checks the data. Throws what `load` throws. */
  readonly answer: (
    params: unknown,
    context: LoadContext<Config>,
  ) => Promise<WidgetAnswer<z.output<Data>>>;
}

export interface WidgetDefinition<
  Id extends string,
  Params extends ParamsSchema,
  Data extends DataSchema,
  Config extends ConfigSchema,
> {
  /** Lower-case letters, digits and hyphens; unique within the module. */
  id: Id;
  title: string;
  view: View;
  /** The module's configuration schema, for a widget that reads `config`. */
  configSchema?: Config;
  paramsSchema: Params;
  dataSchema: Data;
  /** Seconds for which data counts as fresh; until then the server answers without asking again. */
  maxAge: number;
  load: (
    params: z.output<Params>,
    context: LoadContext<z.output<Config>>,
  ) => z.input<NoInfer<Data>> | Promise<z.input<NoInfer<Data>>>;
}

/**
 * Describes one widget; `load` receives what `paramsSchema` accepts and must return what
 * `dataSchema` accepts.
 * @throws Error on a faulty id or `maxAge`.
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
    throw new Error(`Widget ${id}: maxAge must be a number of seconds from 0 on`);

  return {
    id,
    title,
    view,
    paramsSchema,
    dataSchema,
    maxAge,
    async answer(given, context) {
      const params = await paramsSchema.safeParseAsync(given);
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
