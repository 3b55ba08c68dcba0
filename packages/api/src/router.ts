import { proceduresOf } from './procedures.js';
import { router } from './trpc.js';

const users = proceduresOf('users');
const admin = proceduresOf('admin');

const routers = {
  admin: { mail: { test: admin.testMail, preview: admin.previewMail } },
  apiKeys: proceduresOf('apiKeys'),
  auth: { ...proceduresOf('auth'), sessions: proceduresOf('authSessions') },
  dashboards: proceduresOf('dashboards'),
  events: proceduresOf('events'),
  invitations: proceduresOf('invitations'),
  modules: proceduresOf('modules'),
  system: proceduresOf('system'),
  users: {
    me: {
      get: users.me,
      update: users.updateMe,
      changePassword: users.changePassword,
      changeEmail: users.changeEmail,
      remove: users.removeMe,
    },
    ...proceduresOf('managedUsers'),
  },
  widgets: proceduresOf('widgets'),
};

export const appRouter = router(routers);
export type AppRouter = typeof appRouter;

/** The public router and the private procedures; served only with `SYNAP_PRIVATE_API=on`. */
export const privateApiRouter = router({
  ...routers,
  private: { createUser: proceduresOf('privateUsers').create },
});
