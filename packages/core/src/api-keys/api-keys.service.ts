import {
  type ApiKeysService,
  badRequest,
  boundScopes,
  conflict,
  notFound,
  type Scope,
} from '@synap/contracts';
import { type Clock, generateApiKey } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import { requireRecentSignIn } from '../identity/recent-sign-in.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';

/** Maximum keys per user, including expired ones. */
const perUser = 50;
/**
 * Maximum lifetime in milliseconds without a recent password check; longer keys are effectively
 * permanent.
 */
const maxUnconfirmedLifetimeMs = 365 * 86_400_000;

export interface ApiKeysDependencies {
  apiKeys: Pick<Repositories['apiKeys'], 'listOwnedBy'>;
  transaction: Transaction;
  guard: Pick<IdentityGuard, 'change'>;
  newId: () => string;
  clock: Clock;
  /** Called for each removed key, after the commit. */
  keyEnded: (keyId: string) => void;
}

const expiryInPastError = () =>
  badRequest('The expiry date must be in the future', [
    { pointer: '/expiresAt', message: 'Must be in the future', code: 'in_the_past' },
  ]);
const limitReachedError = () =>
  conflict(`You have ${perUser} API keys, which is the limit: remove one that is no longer needed`);

/** A dashboard-bound key may only have dashboard scopes. */
function assertBoundScopes(scopes: readonly Scope[]): void {
  const faults = scopes.flatMap((scope, index) =>
    boundScopes.includes(scope)
      ? []
      : [
          {
            pointer: `/scopes/${index}`,
            message: `Scope not allowed for a key that is bound to a dashboard: "${scope}"`,
            code: 'not_bindable',
          },
        ],
  );
  if (faults.length > 0)
    throw badRequest(
      `A key that is bound to a dashboard may only have the scopes ${boundScopes.join(', ')}`,
      faults,
    );
}

/**
 * Creates the service for API keys. A key acts for its owner, within its scopes and the owner's
 * rights.
 */
export function createApiKeysService(dependencies: ApiKeysDependencies): ApiKeysService {
  const { apiKeys, transaction, guard, newId, clock = Date, keyEnded } = dependencies;

  return {
    async list({ actor }, page) {
      return pageById(await apiKeys.listOwnedBy(actor.userId, page), page.size);
    },

    /** Locks the user so that concurrent calls cannot exceed the limit. */
    async create(call, { name, scopes: requestedScopes, dashboardId = null, expiresAt }) {
      const { userId } = call.actor;
      const scopes = [...new Set(requestedScopes)];
      if (dashboardId !== null) assertBoundScopes(requestedScopes);
      const end = expiresAt === undefined ? null : new Date(expiresAt);
      if (end && end.getTime() <= clock.now()) throw expiryInPastError();
      await guard.change(userId, call.reportLimit);
      const id = newId();
      const { key, secretHash } = generateApiKey(id);
      const made = await transaction(async (tx) => {
        await tx.users.lockCredentials(userId);
        if (end === null || end.getTime() > clock.now() + maxUnconfirmedLifetimeMs)
          await requireRecentSignIn(tx, call);
        if ((await tx.apiKeys.countOwnedBy(userId)) >= perUser) throw limitReachedError();
        if (dashboardId !== null && !(await tx.dashboards.findOwned(userId, dashboardId)))
          throw notFound('Dashboard not found');
        await tx.audit.record(call, auditEntries.apiKeyCreated(id, { name, scopes, dashboardId }));
        return tx.apiKeys.insert({
          id,
          userId,
          name,
          secretHash,
          scopes,
          dashboardId,
          expiresAt: end,
        });
      });
      return { ...made, key };
    },

    /** Reports the key of another user as "not found". */
    async remove(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.apiKeys.deleteOwned(call.actor.userId, id)))
          throw notFound('API key not found');
        await tx.audit.record(call, auditEntries.apiKeyRevoked(id));
      });
      keyEnded(id);
    },
  };
}
