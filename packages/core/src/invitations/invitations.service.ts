import {
  conflict,
  forbidden,
  type InvitationsService,
  type Meta,
  notFound,
} from '@synap/contracts';
import { generateToken, hashToken, type PasswordHasher } from '@synap/security';
import { translateHasherBusy } from '../auth/hasher-busy.js';
import { invalidLinkError } from '../auth/mail-links.js';
import { requireRecentSignIn } from '../auth/recent-sign-in.js';
import type { SendMail } from '../mail/mail-queue.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { assertPasswordPolicy, defaultNameFromEmail } from '../users/new-account.js';
import { invitationOf, withdrawnEntry } from './invitation-audit.js';

const hours = 72;

export interface InvitationsDependencies {
  invitations: Pick<Repositories['invitations'], 'list' | 'addressOf'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash'>;
  sendMail: SendMail;
  signup: Meta['signup'];
  /** A whole URL of a page of ours, such as `/invite`. */
  linkTo: (path: string) => string;
  productName: string;
}

/** Accounts by invitation: a superuser's word, a link in a mail, a password of their own. */
export function createInvitationsService(
  dependencies: InvitationsDependencies,
): InvitationsService {
  const { invitations, transaction, hasher, sendMail, signup, linkTo, productName } = dependencies;
  const closed = signup === 'closed';

  return {
    list: async (_call, input) => pageById(await invitations.list(input), input.size),

    /** Inviting an address again sends a new link, and the one before ends. */
    async create(call, { email, role }) {
      if (closed)
        throw conflict('Sign-up is closed: start with SIGNUP=invite, or make the account yourself');
      const { userId } = call.actor;
      const token = generateToken();
      return transaction(async (tx) => {
        // Whoever loses that office meanwhile loses their open invitations, this one too.
        await tx.managedUsers.lockAdministration();
        const inviter = await tx.managedUsers.find(userId);
        if (inviter?.role !== 'superuser' || inviter.disabled)
          throw forbidden('Only superusers invite');
        if (role === 'superuser') await requireRecentSignIn(tx, call);
        if (await tx.users.findAccount(email))
          throw conflict('This address has an account already');
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
        if (before) await tx.audit.record(call, withdrawnEntry(before));
        await tx.audit.record(call, {
          type: 'invitation.created',
          subject: invitationOf(invitation.id),
          payload: { role },
        });
        return invitation;
      });
    },

    async remove(call, { id }) {
      await transaction(async (tx) => {
        if (!(await tx.invitations.remove(id))) throw notFound('Invitation not found');
        await tx.audit.record(call, withdrawnEntry(id));
      });
    },

    /** The link proves the address, so the account can be used at once. */
    async accept(call, { token, password, name }) {
      if (closed) throw forbidden('Sign-up is closed: ask an administrator for an account');
      const hash = hashToken(token);
      const spent = () => invalidLinkError('ask whoever invited you for another');
      const email = await invitations.addressOf(hash);
      if (!email) throw spent();
      // A password that is refused leaves the link as it is.
      assertPasswordPolicy(password, { productName, email });
      const passwordHash = await translateHasherBusy(hasher.hash(password));
      await transaction(async (tx) => {
        const invitation = await tx.invitations.accept(hash);
        if (!invitation) throw spent();
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
          throw conflict('This address has an account already: sign in, or ask for a new password');
        const by = { actorId: account.id };
        await tx.audit.record(call, {
          type: 'invitation.accepted',
          subject: invitationOf(id),
          ...by,
        });
        await tx.audit.record(call, {
          type: 'user.registered',
          subject: `user ${account.id}`,
          payload: { role },
          ...by,
        });
      });
    },
  };
}
