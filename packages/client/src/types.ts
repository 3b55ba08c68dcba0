import type { AppRouter } from '@synap/api';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type { AppRouter } from '@synap/api';

/** Input of every procedure, by its path: `RouterInputs['dashboards']['create']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** Output of every procedure, by its path: `RouterOutputs['dashboards']['get']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** An error on tRPC's wire. */
export type ErrorShape = AppRouter['_def']['_config']['$types']['errorShape'];

/** Problem details as the server writes them, RFC 9457. */
export type Problem = ErrorShape['data']['problem'];

/** One fault of an input; `pointer` is a JSON Pointer (RFC 6901) into it. */
export type InputFault = NonNullable<Problem['errors']>[number];

/** What a list has on its pages. */
type Items<Router extends keyof RouterOutputs> = RouterOutputs[Router] extends { list: { items: (infer Item)[] } } ? Item : never;

export type User = RouterOutputs['users']['me']['get'];
/** A user as administrators see one. */
export type ManagedUser = Items<'users'>;
export type Invitation = Items<'invitations'>;
export type ApiKey = Items<'apiKeys'>;
export type DashboardSummary = Items<'dashboards'>;
export type Event = RouterOutputs['events']['get'];
export type Module = RouterOutputs['modules']['get'];
export type ModuleRun = RouterOutputs['modules']['run'];
export type Widget = Items<'widgets'>;
export type WidgetData = RouterOutputs['widgets']['data'];
export type AuthSession = RouterOutputs['auth']['sessions']['list']['items'][number];
/** Access and refresh token, as signing in answers them. */
export type Tokens = RouterOutputs['auth']['login'];
