export type {
  HealthContext,
  HealthServices,
  LoadContext,
  LoadServices,
  Log,
  Store,
  StoreReader,
  SyncContext,
  SyncServices,
} from './context.js';
export { defineModule } from './define-module.js';
export type { DefaultAccess, ModuleDescription, WidgetDescription } from './description.js';
export { type Issue, ModuleError, ParamsError, RetryAfter } from './errors.js';
export type { ModuleEvent } from './event.js';
export type { JsonObject, JsonSchema, JsonValue } from './json.js';
export {
  type AnyWidget,
  type HealthCheck,
  type LoadableModule,
  type Module,
  type ModuleDefinition,
  moduleBrand,
  SDK_VERSION,
  type SyncJob,
} from './module.js';
export type {
  ForeseenFailure,
  HealthOutcome,
  LoadOutcome,
  OpenedModule,
  OpenResult,
  SyncOutcome,
} from './opened-module.js';
export type { ConfigSchema, DataSchema, ParamsSchema } from './schemas.js';
export { type View, views } from './view.js';
export { defineWidget, type Widget, type WidgetAnswer, type WidgetDefinition } from './widget.js';
