export type { Fetch } from './call/transport.js';
export { type ClientHelpers, createClient, type SynapClient } from './client.js';
export type { SynapErrorCode } from './errors/codes.js';
export { isSynapError, SynapError, type SynapErrorDetails } from './errors/synap-error.js';
export type { ClientOptions } from './options.js';
export type { SessionTokens } from './session/access-token.js';
export type { Session } from './session/session.js';
export type { SessionListener, SessionState } from './session/state.js';
export { memoryStorage, type TokenStorage } from './session/storage.js';
export type {
  ApiKey,
  AppRouter,
  AuthSession,
  DashboardSummary,
  Event,
  InputFault,
  Invitation,
  ManagedUser,
  Module,
  ModuleRun,
  Problem,
  RouterInputs,
  RouterOutputs,
  Tokens,
  User,
  Widget,
  WidgetData,
} from './types.js';
export type {
  Dashboard,
  IfWidgets,
  ModuleId,
  PlacementData,
  PlaceWidget,
  SavingInput,
  SavingProcedure,
  WidgetDataInput,
  WidgetDataOutput,
  WidgetId,
  WidgetPlacement,
  WidgetTypes,
} from './widgets.js';
