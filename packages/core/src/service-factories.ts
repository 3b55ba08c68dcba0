import type { Services } from '@synap/contracts';
import { createAdminService } from './admin/admin.service.js';
import { createApiKeysService } from './api-keys/api-keys.service.js';
import { createAuthService } from './auth/auth.service.js';
import { createAuthSessionsService } from './auth/auth-sessions.service.js';
import { createDashboardsService } from './dashboards/dashboards.service.js';
import { createEventsService } from './events/events.service.js';
import { createInvitationsService } from './invitations/invitations.service.js';
import { createModulesService } from './modules/modules.service.js';
import type { ServiceContext } from './service-context.js';
import { createSystemService } from './system/system.service.js';
import { createManagedUsersService } from './users/managed-users.service.js';
import { createPrivateUsersService } from './users/private-users.service.js';
import { createUsersService } from './users/users.service.js';
import { createWidgetsService } from './widgets/widgets.service.js';

/** Lists all services, one line each. */
export const serviceFactories = {
  system: createSystemService,
  admin: createAdminService,
  auth: createAuthService,
  authSessions: createAuthSessionsService,
  apiKeys: createApiKeysService,
  users: createUsersService,
  managedUsers: createManagedUsersService,
  privateUsers: createPrivateUsersService,
  invitations: createInvitationsService,
  dashboards: createDashboardsService,
  events: createEventsService,
  widgets: createWidgetsService,
  modules: createModulesService,
} satisfies { [K in keyof Services]: (context: ServiceContext) => Services[K] };
