import type { JsonSchema, View } from '@synap/module-sdk';

/** Who may read a module's widgets; e-mail addresses are in lower case. */
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
 * `failed`: never came up, or is set up wrongly; `degraded`: known, but its process is starting or
 * in trouble, or it reports a problem of its set-up.
 */
export type ModuleStatus = 'ready' | 'degraded' | 'failed';

/** One installed module, as it stands now. */
export interface ModuleInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly status: ModuleStatus;
  /** Why it is not ready and what to do; for operators, it may name paths. */
  readonly error?: string | undefined;
  readonly widgets: readonly WidgetInfo[];
  readonly sync?: { readonly everySeconds: number } | undefined;
  readonly access: ModuleAccess;
}
