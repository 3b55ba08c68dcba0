import {
  conflict,
  forbidden,
  type InvitationsService,
  type Meta,
  notFound,
} from '@synap/contracts';
import { generateToken, hashToken, type PasswordHasher } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import { addressTakenError, invalidLinkError } from '../identity/account-errors.js';
import { assertPasswordPolicy, defaultNameFromEmail } from '../identity/new-account.js';
import { requireRecentSignIn } from '../identity/recent-sign-in.js';
import type { SendMail } from '../mail/mail-queue.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';

const hours = 72;

export interface InvitationsDependencies {
  invitations: Pick<Repositories['invitations'], 'list' | 'addressOf'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash'>;
  sendMail: SendMail;
  signup: Meta['signup'];
  /** Absolute URL of a page of the web app, such as `/invite`. */
  linkTo: (path: string) => string;
  productName: string;
}

/**
 * Creates the service for invitations: a superuser invites, and the invited person sets a password
 * by a mailed link.
 */
export function createInvitationsService(
  dependencies: InvitationsDependencies,
): InvitationsService {
  const { invitations, transaction, hasher, sendMail, signup, linkTo, productName } = dependencies;
  const closed = signup === 'closed';

  return {
    list: async (_call, input) => pageById(await invitations.list(input), input.size),

    /** Sends an invitation. A repeated invitation sends a new link and revokes the earlier one. */
    async create(call, { email, role }) {
      if (closed)
        throw conflict('Sign-up is closed: set SIGNUP=invite, or create the account yourself');
      const { userId } = call.actor;
      const token = generateToken();
      return transaction(async (tx) => {
        // Lock first: if the inviter is demoted concurrently, this invitation is withdrawn with the
        // others.
        await tx.managedUsers.lockAdministration();
        const inviter = await tx.managedUsers.find(userId);
        if (inviter?.role !== 'superuser' || inviter.disabled)
          throw forbidden('Only superusers can send invitations');
        if (role === 'superuser') await requireRecentSignIn(tx, call);
        if (await tx.users.findAccount(email)) throw addressTakenError();
        const before = await tx.invitations.openFor(email);
        const made = {
          email,
          role,
          invitedById: userId,
          hash: hashToken(token),
          lifetime: hours * 3600,
        };
        const invitation = await tx.invitations.replace(made);
        const values = { invitedBy: inviter.name, link: `${linkTo('/invite')}#${token}`, hours };
        await sendMail(tx, { template: 'invite', to: email, values });
        if (before) await tx.audit.record(call, auditEntries.invitationWithdrawn(before));
        await tx.audit.record(call, auditEntries.invitationCreated(invitation.id, role));
        return invitation;
      });
    },

    async remove(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.invitations.remove(id))) throw notFound('Invitation not found');
        await tx.audit.record(call, auditEntries.invitationWithdrawn(id));
      });
    },

    /** Creates the account. The link proves the address, so the account can be used at once. */
    async accept(call, { token, password, name }) {
      if (closed) throw forbidden('Sign-up is closed: ask an administrator for an account');
      const hash = hashToken(token);
      const invalidLink = () => invalidLinkError('ask for another invitation');
      const email = await invitations.addressOf(hash);
      if (!email) throw invalidLink();
      // A rejected password must not use up the link.
      assertPasswordPolicy(password, { productName, email });
      const passwordHash = await hasher.hash(password);
      await transaction(async (tx) => {
        const invitation = await tx.invitations.accept(hash);
        if (!invitation) throw invalidLink();
        const { id, role } = invitation;
        const user = {
          email,
          name: name ?? defaultNameFromEmail(email),
          passwordHash,
          role,
          verified: true,
        };
        const account = await tx.users.insertUnlessTaken(user);
        if (!account.made)
          throw conflict(
            'An account with this address already exists: sign in, or ask for a new password',
          );
        const by = { actorId: account.id };
        await tx.audit.record(call, auditEntries.invitationAccepted(id), by);
        await tx.audit.record(call, auditEntries.userRegistered(account.id, { role }), by);
      });
    },
  };
}
