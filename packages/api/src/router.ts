import { authRouter } from './auth.router.js';
import { dashboardsRouter } from './dashboards.router.js';
import { modulesRouter } from './modules.router.js';
import { systemRouter } from './system.router.js';
import { router } from './trpc.js';
import { usersRouter } from './users.router.js';
import { widgetsRouter } from './widgets.router.js';

export const appRouter = router({
  auth: authRouter,
  dashboards: dashboardsRouter,
  modules: modulesRouter,
  system: systemRouter,
  users: usersRouter,
  widgets: widgetsRouter,
});
export type AppRouter = typeof appRouter;
