import type { AppRouter } from '@synap/api';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type { AppRouter } from '@synap/api';

/** Input of every procedure, by its path: `RouterInputs['dashboards']['create']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** Output of every procedure, by its path: `RouterOutputs['dashboards']['get']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** An error in tRPC's format. */
export type ErrorShape = AppRouter['_def']['_config']['$types']['errorShape'];

/** Problem details sent by the server (RFC 9457). */
export type Problem = ErrorShape['data']['problem'];

/** One validation error of an input; `pointer` is a JSON Pointer (RFC 6901) into it. */
export type InputFault = NonNullable<Problem['errors']>[number];

/** Item type of a router's list. */
type Items<Router extends keyof RouterOutputs> = RouterOutputs[Router] extends {
  list: { items: (infer Item)[] };
}
  ? Item
  : never;

/** The account of a user, as its owner sees it. */
export type User = RouterOutputs['users']['me']['get'];
/** The account of a user, as superusers see it. */
export type ManagedUser = Items<'users'>;
/** An invitation to sign up, open or accepted. */
export type Invitation = Items<'invitations'>;
/** An API key, without the secret. */
export type ApiKey = Items<'apiKeys'>;
/** A dashboard in a list, without its widgets. */
export type DashboardSummary = Items<'dashboards'>;
/** An entry of the audit log or of a module. */
export type Event = RouterOutputs['events']['get'];
/** An installed module and its state. */
export type Module = RouterOutputs['modules']['get'];
/** One synchronisation of a module. */
export type ModuleRun = RouterOutputs['modules']['run'];
/** A widget that a module offers. */
export type Widget = Items<'widgets'>;
/** The data of a widget and its age. */
export type WidgetData = RouterOutputs['widgets']['data'];
/** A session of the caller. */
export type AuthSession = RouterOutputs['auth']['sessions']['list']['items'][number];
/** Access and refresh token of a sign-in. */
export type Tokens = RouterOutputs['auth']['login'];
