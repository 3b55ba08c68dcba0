import type { JsonSchema } from './json.js';
import type { View } from './view.js';

/** Users who may read a module's widgets unless the operator decides otherwise. */
export type DefaultAccess = 'everyone' | 'superusers';

/** A widget as plain data. */
export interface WidgetDescription {
  readonly id: string;
  readonly title: string;
  readonly view: View;
  /** Seconds for which data counts as fresh. */
  readonly maxAge: number;
  readonly paramsSchema: JsonSchema;
  readonly dataSchema: JsonSchema;
}

/** A module as plain data, as its process describes it to the server. */
export interface ModuleDescription {
  readonly id: string;
  readonly name: string;
  readonly defaultAccess: DefaultAccess;
  readonly configSchema: JsonSchema;
  readonly widgets: readonly WidgetDescription[];
  readonly sync?: { readonly everySeconds: number } | undefined;
}
