import {
  type Dashboard,
  type DashboardsService,
  forbidden,
  notFound,
  type SaveDashboard,
  staleVersion,
  type UserActor,
  versionRequired,
} from '@synap/contracts';
import { auditEntries } from '../audit/audit-entries.js';
import type { RunIdempotent } from '../idempotency/idempotent.js';
import { canAccessDashboard, dashboardScopeOf } from '../identity/api-key-scope.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import type { DashboardsRepository } from './dashboards.repository.js';
import { assertSameWidgets, resolvePlacements } from './placements.js';
import { assertWithinQuota, bytesOf, dashboardQuota } from './quota.js';
import type { WidgetCatalogue } from './widget-catalogue.js';

export interface DashboardsDeps {
  dashboards: DashboardsRepository;
  transaction: Transaction;
  idempotent: RunIdempotent;
  catalogue: WidgetCatalogue;
  newId: () => string;
  /** @default dashboardQuota */
  quota?: { dashboards: number; bytes: number };
  /** Called for each API key removed with its dashboard, after the commit. */
  keyEnded: (keyId: string) => void;
}

const notFoundError = () => notFound('Dashboard not found');
const alreadyExistsError = () =>
  staleVersion('A dashboard with this id already exists: omit `createOnly` to replace it.');
const staleVersionError = (current: number, given: number) =>
  staleVersion(
    `The dashboard is at version ${current}, the change is based on ${given}: read it again and repeat the change on what is there now.`,
  );

export function createDashboardsService(deps: DashboardsDeps): DashboardsService {
  const {
    dashboards,
    transaction,
    idempotent,
    catalogue,
    newId,
    keyEnded,
    quota = dashboardQuota,
  } = deps;

  /** Replaces the caller's dashboard; null if it does not exist. */
  async function replace(
    tx: Repositories,
    actor: UserActor,
    { id, name, widgets, version }: SaveDashboard,
    versionNeeded: boolean,
  ): Promise<Dashboard | null> {
    const { userId: ownerId } = actor;
    // Lock the user before the dashboard, as everywhere else: another order could deadlock.
    await tx.users.lockCredentials(ownerId);
    const current = await tx.dashboards.lockOwned(ownerId, id);
    if (!current) return null;
    if (version === undefined && versionNeeded)
      throw versionRequired(
        'State the version that the change is based on: `version`, or `If-Match` over REST.',
      );
    if (version !== undefined && version !== current.version)
      throw staleVersionError(current.version, version);
    if (dashboardScopeOf(actor) !== null) assertSameWidgets(widgets, current.widgets);
    const content = {
      name,
      widgets: resolvePlacements(widgets, current.widgets, catalogue, newId),
    };
    const bytes = bytesOf(content);
    await assertWithinQuota(tx, ownerId, { dashboards: 0, bytes: bytes - current.bytes }, quota);
    await tx.dashboards.replace(id, content, bytes);
    return tx.dashboards.findOwned(ownerId, id);
  }

  /** Inserts a dashboard; null if the id is taken. */
  async function insert(
    tx: Repositories,
    ownerId: string,
    id: string,
    { name, widgets }: Pick<SaveDashboard, 'name' | 'widgets'>,
  ): Promise<Dashboard | null> {
    await tx.users.lockCredentials(ownerId);
    const content = { name, widgets: resolvePlacements(widgets, [], catalogue, newId) };
    const bytes = bytesOf(content);
    await assertWithinQuota(tx, ownerId, { dashboards: 1, bytes }, quota);
    return (await tx.dashboards.insert(ownerId, id, content, bytes))
      ? tx.dashboards.findOwned(ownerId, id)
      : null;
  }

  return {
    async list({ actor }, page) {
      return pageById(
        await dashboards.listOwnedBy(actor.userId, page, dashboardScopeOf(actor)),
        page.size,
      );
    },

    async create(call, input) {
      if (dashboardScopeOf(call.actor) !== null)
        throw forbidden('This API key is bound to one dashboard: it cannot create another');
      return idempotent(call, async (tx) => {
        const created = await insert(tx, call.actor.userId, newId(), input);
        if (!created) throw notFoundError();
        return created;
      });
    },

    /**
     * Reports the dashboard of another owner as "not found", so that ids cannot be probed. The same
     * applies to dashboards outside the scope of a bound key.
     */
    async get({ actor }, { id }) {
      const found = canAccessDashboard(actor, id) && (await dashboards.findOwned(actor.userId, id));
      if (!found) throw notFoundError();
      return found;
    },

    async save({ actor }, input) {
      if (!canAccessDashboard(actor, input.id)) throw notFoundError();
      const saved = await transaction((tx) => replace(tx, actor, input, true));
      if (!saved) throw notFoundError();
      return saved;
    },

    /**
     * Creates the dashboard, or overwrites the caller's own if no version is given and `createOnly`
     * is not set. An id of another user is "not found".
     */
    async upsert(call, { createOnly, ...input }) {
      const { userId } = call.actor;
      if (!canAccessDashboard(call.actor, input.id)) throw notFoundError();
      const overwrite = async (tx: Repositories) => {
        if (createOnly && (await tx.dashboards.lockOwned(userId, input.id)))
          throw alreadyExistsError();
        return replace(tx, call.actor, input, false);
      };
      return idempotent(call, async (tx) => {
        const saved = await overwrite(tx);
        if (saved) return saved;
        // A bound key is removed with its dashboard and must not recreate it.
        if (dashboardScopeOf(call.actor) !== null) throw notFoundError();
        if (input.version !== undefined)
          throw notFound('Dashboard not found: leave out the version to create it.');
        const created = await insert(tx, userId, input.id, input);
        if (created) return created;
        // A concurrent call took the id: the caller's own, or another user's.
        const taken = await overwrite(tx);
        if (!taken) throw notFoundError();
        return taken;
      });
    },

    /**
     * Removes the keys bound to the dashboard and audits them. The lock prevents new ones
     * meanwhile.
     */
    async remove(call, { id, version }) {
      const { userId } = call.actor;
      if (!canAccessDashboard(call.actor, id)) throw notFoundError();
      const ended = await transaction(async (tx) => {
        const current = await tx.dashboards.lockOwned(userId, id);
        if (!current) throw notFoundError();
        if (version !== undefined && version !== current.version)
          throw staleVersionError(current.version, version);
        const keys = await tx.apiKeys.deleteBoundTo(id);
        for (const key of keys) await tx.audit.record(call, auditEntries.apiKeyRevoked(key));
        await tx.dashboards.deleteOwned(userId, id);
        return keys;
      });
      ended.forEach(keyEnded);
    },
  };
}
