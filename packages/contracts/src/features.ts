import { admin } from './admin/admin.contract.js';
import { apiKeys } from './api-keys/api-keys.contract.js';
import { auth } from './auth/auth.contract.js';
import { authSessions } from './auth-sessions/auth-sessions.contract.js';
import type { ServiceOf } from './contract.js';
import { dashboards } from './dashboards/dashboards.contract.js';
import { events } from './events/events.contract.js';
import { invitations } from './invitations/invitations.contract.js';
import { managedUsers, privateUsers } from './managed-users/managed-users.contract.js';
import { modules } from './modules/modules.contract.js';
import { system } from './system/system.contract.js';
import { users } from './users/users.contract.js';
import { widgets } from './widgets/widgets.contract.js';

/** The contracts of all features: services, routers, documents and tests follow from them. */
export const features = {
  admin,
  apiKeys,
  auth,
  authSessions,
  dashboards,
  events,
  invitations,
  managedUsers,
  modules,
  privateUsers,
  system,
  users,
  widgets,
};

/** All services that the routers call; created by `createServices` in core. */
export type Services = { [K in keyof typeof features]: ServiceOf<(typeof features)[K]> };
