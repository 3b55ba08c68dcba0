import type { AdminService } from './admin.js';
import type { ApiKeysService } from './api-keys.js';
import type { AuthService } from './auth.js';
import type { AuthSessionsService } from './auth-sessions.js';
import type { Actor } from './call.js';
import type { DashboardsService } from './dashboards.js';
import type { EventsService } from './events.js';
import type { InvitationsService } from './invitations.js';
import type { ManagedUsersService, PrivateUsersService } from './managed-users.js';
import type { ModulesService } from './modules.js';
import type { SystemService } from './system.js';
import type { UsersService } from './users.js';
import type { WidgetsService } from './widgets.js';

/** All services that the router calls; created by `createServices` in core. */
export interface Services {
  system: SystemService;
  admin: AdminService;
  auth: AuthService;
  authSessions: AuthSessionsService;
  apiKeys: ApiKeysService;
  users: UsersService;
  managedUsers: ManagedUsersService;
  privateUsers: PrivateUsersService;
  invitations: InvitationsService;
  dashboards: DashboardsService;
  events: EventsService;
  widgets: WidgetsService;
  modules: ModulesService;
}

/**
 * Authenticates an access token or API key.
 * @throws `unauthenticated` if it is invalid, expired, revoked or removed
 */
export type Authenticate = (token: string) => Promise<Actor>;
