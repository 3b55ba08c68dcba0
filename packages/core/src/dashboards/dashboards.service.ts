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
import { revokedKeyEntry } from '../api-keys/api-key-audit.js';
import { boundTo, reaches } from '../api-keys/reach.js';
import type { Once } from '../idempotency/once.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import type { DashboardsRepository } from './dashboards.repository.js';
import { demandNothingNew, settlePlacements, type WidgetCatalogue } from './placements.js';
import { bytesOf, dashboardQuota, demandRoom } from './quota.js';

export interface DashboardsDeps {
  dashboards: DashboardsRepository;
  transaction: Transaction;
  once: Once;
  catalogue: WidgetCatalogue;
  newId: () => string;
  /** By default what every user may keep. */
  quota?: { dashboards: number; bytes: number };
  /** Told of each API key that ended with its dashboard, once that is committed. */
  keyEnded: (keyId: string) => void;
}

const absent = () => notFound('Dashboard not found');
const exists = () =>
  staleVersion('A dashboard with this id exists already: leave out `createOnly` to replace it.');
const stale = (current: number, given: number) =>
  staleVersion(
    `The dashboard is at version ${current}, the change is based on ${given}: read it again and repeat the change on what is there now.`,
  );

export function createDashboardsService(deps: DashboardsDeps): DashboardsService {
  const {
    dashboards,
    transaction,
    once,
    catalogue,
    newId,
    keyEnded,
    quota = dashboardQuota,
  } = deps;

  /** Replaces one's own dashboard; `null` when there is none of that id. */
  async function replace(
    within: Repositories,
    actor: UserActor,
    { id, name, widgets, version }: SaveDashboard,
    versionNeeded: boolean,
  ): Promise<Dashboard | null> {
    const { userId: ownerId } = actor;
    // Before the dashboard, as everywhere: whoever takes them in the other order could wait for
    // each other.
    await within.users.lockCredentials(ownerId);
    const current = await within.dashboards.lockOwned(ownerId, id);
    if (!current) return null;
    if (version === undefined && versionNeeded)
      throw versionRequired(
        'Say which version the change is based on: `version`, or `If-Match` over REST.',
      );
    if (version !== undefined && version !== current.version) throw stale(current.version, version);
    if (boundTo(actor) !== null) demandNothingNew(widgets, current.widgets);
    const content = { name, widgets: settlePlacements(widgets, current.widgets, catalogue, newId) };
    const bytes = bytesOf(content);
    await demandRoom(within, ownerId, { dashboards: 0, bytes: bytes - current.bytes }, quota);
    await within.dashboards.replace(id, content, bytes);
    return within.dashboards.findOwned(ownerId, id);
  }

  /** A new dashboard; `null` when the id is taken. */
  async function insert(
    within: Repositories,
    ownerId: string,
    id: string,
    { name, widgets }: Pick<SaveDashboard, 'name' | 'widgets'>,
  ): Promise<Dashboard | null> {
    await within.users.lockCredentials(ownerId);
    const content = { name, widgets: settlePlacements(widgets, [], catalogue, newId) };
    const bytes = bytesOf(content);
    await demandRoom(within, ownerId, { dashboards: 1, bytes }, quota);
    return (await within.dashboards.insert(ownerId, id, content, bytes))
      ? within.dashboards.findOwned(ownerId, id)
      : null;
  }

  return {
    async list({ actor }, page) {
      return pageById(await dashboards.listOwnedBy(actor.userId, page, boundTo(actor)), page.size);
    },

    async create(call, input) {
      if (boundTo(call.actor) !== null)
        throw forbidden('This API key is bound to one dashboard: it cannot make another');
      return once(call, async (within) => {
        const created = await insert(within, call.actor.userId, newId(), input);
        if (!created) throw absent();
        return created;
      });
    },

    /**
     * Another owner's dashboard is "not found", so ids cannot be probed; so is one that a bound key
     * does not reach.
     */
    async get({ actor }, { id }) {
      const found = reaches(actor, id) && (await dashboards.findOwned(actor.userId, id));
      if (!found) throw absent();
      return found;
    },

    async save({ actor }, input) {
      if (!reaches(actor, input.id)) throw absent();
      const saved = await transaction((within) => replace(within, actor, input, true));
      if (!saved) throw absent();
      return saved;
    },

    /**
     * Creates an absent id; without a version overwrites one's own, unless only a creation is
     * wanted. An id that someone else holds is "not found".
     */
    async upsert(call, { createOnly, ...input }) {
      const { userId } = call.actor;
      if (!reaches(call.actor, input.id)) throw absent();
      const overwrite = async (within: Repositories) => {
        if (createOnly && (await within.dashboards.lockOwned(userId, input.id))) throw exists();
        return replace(within, call.actor, input, false);
      };
      return once(call, async (within) => {
        const saved = await overwrite(within);
        if (saved) return saved;
        // A bound key ends with its dashboard: it must not bring it back.
        if (boundTo(call.actor) !== null) throw absent();
        if (input.version !== undefined)
          throw notFound('Dashboard not found: leave out the version to create it.');
        const created = await insert(within, userId, input.id, input);
        if (created) return created;
        // Between the two somebody took the id: oneself in another call, or someone else.
        const taken = await overwrite(within);
        if (!taken) throw absent();
        return taken;
      });
    },

    /**
     * The keys that are bound to it end with it, and are on record. Under its lock no further one
     * can be bound meanwhile.
     */
    async remove(call, { id, version }) {
      const { userId } = call.actor;
      if (!reaches(call.actor, id)) throw absent();
      const ended = await transaction(async (within) => {
        const current = await within.dashboards.lockOwned(userId, id);
        if (!current) throw absent();
        if (version !== undefined && version !== current.version)
          throw stale(current.version, version);
        const keys = await within.apiKeys.deleteBoundTo(id);
        for (const key of keys) await within.audit.record(call, revokedKeyEntry(key));
        await within.dashboards.deleteOwned(userId, id);
        return keys;
      });
      ended.forEach(keyEnded);
    },
  };
}
