export type { JsonValue, ModuleEvent } from '@synap/module-sdk';
export {
  createWidgetCache,
  type ReadRequest,
  type WidgetCache,
  type WidgetCacheOptions,
  type WidgetResult,
} from './cache/widget-cache.js';
export {
  createMemoryWidgetResultStore,
  type StoredWidgetResult,
  type WidgetResultStore,
} from './cache/widget-result-store.js';
export {
  ModuleCallError,
  type ModuleCallErrorDetails,
  type ModuleCallErrorKind,
} from './call-error.js';
export type { Clock } from './clock.js';
export {
  type DiscoveredModule,
  type DiscoverOptions,
  discoverModules,
  type FoundPackage,
  type RefusedPackage,
} from './discovery/discover.js';
export type {
  ModuleHostServices,
  ModuleScope,
  OnEvents,
  OnProgress,
  RuntimeLog,
} from './host-services.js';
export { defaultLimits, type ModuleLimits } from './limits.js';
export {
  type Environment,
  type ModuleEnvironment,
  type ModuleVariables,
  moduleEnvironment,
} from './module-environment.js';
export type { ModuleAccess, ModuleInfo, ModuleStatus, WidgetInfo } from './module-info.js';
export {
  createModuleRegistry,
  type ModuleRegistry,
  type ModuleRegistryOptions,
} from './registry.js';
export type { Loaded, LoadRequest, SyncRequest } from './supervision/supervisor.js';
