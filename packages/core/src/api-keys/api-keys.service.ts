import {
  type ApiKeysService,
  badRequest,
  boundScopes,
  conflict,
  notFound,
  type Scope,
} from '@synap/contracts';
import { type Clock, generateApiKey } from '@synap/security';
import { type IdentityGuard, noIdentityGuard } from '../auth/identity-guard.js';
import { requireRecentSignIn } from '../auth/recent-sign-in.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { revokedKeyEntry } from './api-key-audit.js';

/** Keys that a user may have at once, those that have expired too. */
const perUser = 50;
/**
 * Milliseconds that a key may live if the password was not given lately: beyond a year an end is
 * none.
 */
const longestUnproven = 365 * 86_400_000;

export interface ApiKeysDependencies {
  apiKeys: Pick<Repositories['apiKeys'], 'listOwnedBy'>;
  transaction: Transaction;
  /** None by default. */
  guard?: Pick<IdentityGuard, 'change'> | undefined;
  newId: () => string;
  clock?: Clock;
  /** Told of each key that was removed, once that is committed. */
  keyEnded: (keyId: string) => void;
}

const past = () =>
  badRequest('A key cannot have expired before it is made', [
    { pointer: '/expiresAt', message: 'Must be in the future', code: 'in_the_past' },
  ]);
const limitReached = () =>
  conflict(
    `You have ${perUser} API keys, which is the limit: remove one that is not needed any more`,
  );

/** A key that is bound must not reach what no dashboard bounds. */
function assertBoundScopes(scopes: readonly Scope[]): void {
  const faults = scopes.flatMap((scope, index) =>
    boundScopes.includes(scope)
      ? []
      : [
          {
            pointer: `/scopes/${index}`,
            message: `Not for a key that is bound to a dashboard: "${scope}"`,
            code: 'not_bindable',
          },
        ],
  );
  if (faults.length > 0)
    throw badRequest(
      `A key that is bound to a dashboard may have these only: ${boundScopes.join(', ')}`,
      faults,
    );
}

/**
 * Keys for programs that act for their owner, within their scopes and never beyond what the owner
 * may.
 */
export function createApiKeysService(dependencies: ApiKeysDependencies): ApiKeysService {
  const {
    apiKeys,
    transaction,
    guard = noIdentityGuard,
    newId,
    clock = Date,
    keyEnded,
  } = dependencies;

  return {
    async list({ actor }, page) {
      return pageById(await apiKeys.listOwnedBy(actor.userId, page), page.size);
    },

    /** Under the user's lock, so that of keys made at once none is one too many. */
    async create(call, { name, scopes: asked, dashboardId = null, expiresAt }) {
      const { userId } = call.actor;
      const scopes = [...new Set(asked)];
      if (dashboardId !== null) assertBoundScopes(asked);
      const end = expiresAt === undefined ? null : new Date(expiresAt);
      if (end && end.getTime() <= clock.now()) throw past();
      await guard.change(userId, call.reportLimit);
      const id = newId();
      const { key, secretHash } = generateApiKey(id);
      const made = await transaction(async (tx) => {
        await tx.users.lockCredentials(userId);
        if (end === null || end.getTime() > clock.now() + longestUnproven)
          await requireRecentSignIn(tx, call);
        if ((await tx.apiKeys.countOwnedBy(userId)) >= perUser) throw limitReached();
        if (dashboardId !== null && !(await tx.dashboards.findOwned(userId, dashboardId)))
          throw notFound('Dashboard not found');
        await tx.audit.record(call, {
          type: 'api-key.created',
          subject: `api-key ${id}`,
          payload: { name, scopes, dashboardId },
        });
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

    /** Another's key is "not found". */
    async remove(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.apiKeys.deleteOwned(call.actor.userId, id)))
          throw notFound('API key not found');
        await tx.audit.record(call, revokedKeyEntry(id));
      });
      keyEnded(id);
    },
  };
}
