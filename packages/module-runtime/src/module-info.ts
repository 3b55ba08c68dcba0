import type { JsonSchema, View } from '@synap/module-sdk';

/** Users who may read a module's widgets. E-mail addresses are in lower case. */
export type ModuleAccess =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'superusers' }
  | { readonly kind: 'users'; readonly emails: readonly string[] };

export interface WidgetInfo {
  readonly id: string;
  readonly title: string;
  readonly view: View;
  readonly paramsSchema: JsonSchema;
  readonly dataSchema: JsonSchema;
  /** Seconds for which data counts as fresh. */
  readonly maxAge: number;
}

/**
 * `failed`: never started, or its configuration is invalid. `degraded`: known, but its process is
 * starting or failing, or it reports a problem.
 */
export type ModuleStatus = 'ready' | 'degraded' | 'failed';

/** One installed module and its current state. */
export interface ModuleInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly status: ModuleStatus;
  /** Reason why it is not ready, and the fix. For operators: may contain paths. */
  readonly error?: string | undefined;
  readonly widgets: readonly WidgetInfo[];
  readonly sync?: { readonly everySeconds: number } | undefined;
  readonly access: ModuleAccess;
}
