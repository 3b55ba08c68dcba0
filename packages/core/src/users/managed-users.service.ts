import {
  conflict,
  forbidden,
  type ManagedUser,
  type ManagedUsersService,
  notFound,
  type UpdateUser,
} from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { translateHasherBusy } from '../auth/hasher-busy.js';
import { requireRecentSignIn } from '../auth/recent-sign-in.js';
import type { AuditCall, AuditEntry } from '../events/audit.repository.js';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { notifyOldAddress } from './account-move.js';
import { assertPasswordPolicy, defaultNameFromEmail } from './new-account.js';
import {
  assertAnotherSuperuser,
  endSessions,
  removeAccount,
  withdrawInvitations,
} from './remove-account.js';

export interface ManagedUsersDependencies {
  managedUsers: Pick<Repositories['managedUsers'], 'list' | 'find'>;
  transaction: Transaction;
  sendMail: SendMail;
  requestMail: RequestMail;
  hasher: Pick<PasswordHasher, 'hash'>;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** Told of each user whose role, state or address changed, once that is committed. */
  userChanged: (userId: string) => void;
  /** No password may be built from it. */
  productName: string;
}

const taken = () => conflict('This address has an account already');

function requireUser(user: ManagedUser | null): ManagedUser {
  if (!user) throw notFound('User not found');
  return user;
}

/**
 * What superusers do with others' accounts. Their own role, state and end are another superuser's
 * to decide.
 */
export function createManagedUsersService(
  dependencies: ManagedUsersDependencies,
): ManagedUsersService {
  const { managedUsers, transaction, sessionEnded, userChanged, sendMail, requestMail } =
    dependencies;
  const make = createAccountMaker(dependencies);

  return {
    list: async (_call, input) => pageById(await managedUsers.list(input), input.size),
    get: async (_call, { id }) => requireUser(await managedUsers.find(id)),
    async create(call, input) {
      if (input.role === 'superuser') await transaction((tx) => requireRecentSignIn(tx, call));
      return make(call, { ...input, mustChangePassword: true });
    },

    async sendReset(call, { id }) {
      await transaction(async (tx) => {
        const { email } = requireUser(await tx.managedUsers.find(id));
        const { address, requestId } = call;
        await requestMail(tx, { ask: 'reset', email, address, requestId });
        await tx.audit.record(call, { type: 'user.reset-sent', subject: `user ${id}` });
      });
      return { accepted: true };
    },

    async update(call, input) {
      if (
        input.id === call.actor.userId &&
        (input.role !== undefined || input.disabled !== undefined)
      )
        throw forbidden('Your own role and state are for another superuser to change');
      const { updated, ended } = await transaction(async (tx) => {
        await tx.managedUsers.lockAdministration();
        const before = requireUser(await tx.managedUsers.lock(input.id));
        const changes = changesOf(before, input);
        if (input.role === 'user' || input.disabled) await assertAnotherSuperuser(tx, before);
        const moved = changes.some(({ type }) => type === 'user.email-changed');
        if (moved || changes.some(({ type }) => type === 'user.role-changed'))
          await requireRecentSignIn(tx, call);
        if (moved && input.email && (await tx.users.findAccount(input.email))) throw taken();
        const user = changes.length === 0 ? before : await tx.managedUsers.update(input);
        for (const change of changes) await tx.audit.record(call, change);
        // A link that was mailed to the old address must not open the account of the new one.
        if (moved) {
          await tx.mailTokens.removeAllOf(input.id);
          await notifyOldAddress(tx, sendMail, { to: before.email, address: call.address });
          await requestMail(tx, {
            ask: 'registered',
            email: user.email,
            address: call.address,
            requestId: call.requestId,
          });
        }
        const ends = changes.some(
          ({ type }) => type === 'user.role-changed' || type === 'user.disabled',
        );
        // Another address that was asked for by the password must not outlast the measure against
        // whoever has it.
        if (ends || input.mustChangePassword) await tx.mailTokens.removeAddressChangesOf(input.id);
        if (user.role !== 'superuser' || user.disabled)
          await withdrawInvitations(tx, call, input.id);
        return { updated: user, ended: ends ? await endSessions(tx, call, input.id) : [] };
      });
      ended.forEach(sessionEnded);
      userChanged(input.id);
      return updated;
    },

    async remove(call, { id, handOverTo }) {
      if (id === call.actor.userId)
        throw forbidden('Remove yourself under "my profile", or let another superuser do it');
      const ended = await transaction((tx) => removeAccount(tx, call, { userId: id, handOverTo }));
      ended.forEach(sessionEnded);
      userChanged(id);
    },
  };
}

interface NewAccount {
  email: string;
  password: string;
  name?: string | undefined;
  role?: ManagedUser['role'];
  mustChangePassword?: boolean;
}

/** Makes an account that can be used at once, on somebody's word instead of a mail. */
export function createAccountMaker({
  transaction,
  hasher,
  productName,
}: Pick<ManagedUsersDependencies, 'transaction' | 'hasher' | 'productName'>) {
  return async function make(
    call: AuditCall,
    { email, password, name, role = 'user', mustChangePassword }: NewAccount,
  ): Promise<ManagedUser> {
    assertPasswordPolicy(password, { productName, email });
    const passwordHash = await translateHasherBusy(hasher.hash(password));
    return transaction(async (tx) => {
      const user = {
        email,
        name: name ?? defaultNameFromEmail(email),
        passwordHash,
        role,
        verified: true,
        mustChangePassword,
      };
      const { id, made } = await tx.users.insertUnlessTaken(user);
      if (!made) throw taken();
      await tx.audit.record(call, {
        type: 'user.created',
        subject: `user ${id}`,
        payload: { role },
      });
      return requireUser(await tx.managedUsers.find(id));
    });
  };
}

/** What an update changes, as the trail tells it; what is so already is no change. */
function changesOf(
  before: ManagedUser,
  { email, name, role, disabled, verified, mustChangePassword }: UpdateUser,
): AuditEntry[] {
  const subject = `user ${before.id}`;
  const changes: AuditEntry[] = [];
  if (role !== undefined && role !== before.role)
    changes.push({ type: 'user.role-changed', subject, payload: { from: before.role, to: role } });
  if (disabled !== undefined && disabled !== before.disabled)
    changes.push({ type: disabled ? 'user.disabled' : 'user.enabled', subject });
  if (email !== undefined && email !== before.email)
    changes.push({ type: 'user.email-changed', subject });
  if (name !== undefined && name !== before.name) changes.push({ type: 'user.updated', subject });
  if (mustChangePassword !== undefined && mustChangePassword !== before.mustChangePassword)
    changes.push({
      type: 'user.password-change-demanded',
      subject,
      payload: { demanded: mustChangePassword },
    });
  if (verified && !before.verified) changes.push({ type: 'user.verified', subject });
  return changes;
}
