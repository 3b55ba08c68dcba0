export type { Context } from './context.js';
export { readProblemSource, toTRPCError } from './errors.js';
export type { Meta } from './meta.js';
export { type AppRouter, appRouter, privateApiRouter } from './router.js';
