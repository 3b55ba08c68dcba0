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
