import {
  conflict,
  forbidden,
  type InvitationsService,
  type Meta,
  notFound,
} from '@synap/contracts';
import { hashToken, makeToken, type PasswordHasher } from '@synap/security';
import { whenHasherIsFree } from '../auth/hasher-turn.js';
import { spentLink } from '../auth/mail-links.js';
import { demandRecentSignIn } from '../auth/recent-sign-in.js';
import type { SendMail } from '../mail/mail-queue.js';
import { pageById } from '../paging.js';
import type { Repositories, Transaction } from '../repositories.js';
import { demandGoodPassword, nameFrom } from '../users/new-account.js';
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
      const token = makeToken();
      return transaction(async (within) => {
        // Whoever loses that office meanwhile loses their open invitations, this one too.
        await within.managedUsers.lockAdministration();
        const inviter = await within.managedUsers.find(userId);
        if (inviter?.role !== 'superuser' || inviter.disabled)
          throw forbidden('Only superusers invite');
        if (role === 'superuser') await demandRecentSignIn(within, call);
        if (await within.users.findAccount(email))
          throw conflict('This address has an account already');
        const before = await within.invitations.openFor(email);
        const made = {
          email,
          role,
          invitedById: userId,
          hash: hashToken(token),
          lifetime: hours * 3600,
        };
        const invitation = await within.invitations.replace(made);
        const values = { invitedBy: inviter.name, link: `${linkTo('/invite')}#${token}`, hours };
        await sendMail(within, { template: 'invite', to: email, values });
        if (before) await within.audit.record(call, withdrawnEntry(before));
        await within.audit.record(call, {
          type: 'invitation.created',
          subject: invitationOf(invitation.id),
          payload: { role },
        });
        return invitation;
      });
    },

    async remove(call, { id }) {
      await transaction(async (within) => {
        if (!(await within.invitations.remove(id))) throw notFound('Invitation not found');
        await within.audit.record(call, withdrawnEntry(id));
      });
    },

    /** The link proves the address, so the account can be used at once. */
    async accept(call, { token, password, name }) {
      if (closed) throw forbidden('Sign-up is closed: ask an administrator for an account');
      const hash = hashToken(token);
      const spent = () => spentLink('ask whoever invited you for another');
      const email = await invitations.addressOf(hash);
      if (!email) throw spent();
      // A password that is refused leaves the link as it is.
      demandGoodPassword(password, { productName, email });
      const passwordHash = await whenHasherIsFree(hasher.hash(password));
      await transaction(async (within) => {
        const invitation = await within.invitations.accept(hash);
        if (!invitation) throw spent();
        const { id, role } = invitation;
        const user = { email, name: name ?? nameFrom(email), passwordHash, role, verified: true };
        const account = await within.users.insertUnlessTaken(user);
        if (!account.made)
          throw conflict('This address has an account already: sign in, or ask for a new password');
        const by = { actorId: account.id };
        await within.audit.record(call, {
          type: 'invitation.accepted',
          subject: invitationOf(id),
          ...by,
        });
        await within.audit.record(call, {
          type: 'user.registered',
          subject: `user ${account.id}`,
          payload: { role },
          ...by,
        });
      });
    },
  };
}
