import { adminRouter } from './admin.router.js';
import { apiKeysRouter } from './api-keys.router.js';
import { authRouter } from './auth.router.js';
import { dashboardsRouter } from './dashboards.router.js';
import { eventsRouter } from './events.router.js';
import { invitationsRouter } from './invitations.router.js';
import { modulesRouter } from './modules.router.js';
import { privateRouter } from './private.router.js';
import { systemRouter } from './system.router.js';
import { router } from './trpc.js';
import { usersRouter } from './users.router.js';
import { widgetsRouter } from './widgets.router.js';

const routers = {
  admin: adminRouter,
  apiKeys: apiKeysRouter,
  auth: authRouter,
  dashboards: dashboardsRouter,
  events: eventsRouter,
  invitations: invitationsRouter,
  modules: modulesRouter,
  system: systemRouter,
  users: usersRouter,
  widgets: widgetsRouter,
};

export const appRouter = router(routers);
export type AppRouter = typeof appRouter;

/** The public router and the private procedures; served only with `SYNAP_PRIVATE_API=on`. */
export const privateApiRouter = router({ ...routers, private: privateRouter });
