import { adminRouter } from './admin.router.js';
import { apiKeysRouter } from './api-keys.router.js';
import { authRouter } from './auth.router.js';
import { dashboardsRouter } from './dashboards.router.js';
import { eventsRouter } from './events.router.js';
import { modulesRouter } from './modules.router.js';
import { systemRouter } from './system.router.js';
import { router } from './trpc.js';
import { usersRouter } from './users.router.js';
import { widgetsRouter } from './widgets.router.js';

export const appRouter = router({
  admin: adminRouter,
  apiKeys: apiKeysRouter,
  auth: authRouter,
  dashboards: dashboardsRouter,
  events: eventsRouter,
  modules: modulesRouter,
  system: systemRouter,
  users: usersRouter,
  widgets: widgetsRouter,
});
export type AppRouter = typeof appRouter;
