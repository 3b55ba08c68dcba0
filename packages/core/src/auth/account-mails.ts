import type { Mail } from '@synap/contracts';
import { hashOfNothing, hashToken, makeToken } from '@synap/security';
import type { MailRequest } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import type { Account } from '../users/users.repository.js';

/** Lifetimes of links (security parameters: verify 24 h, reset 10 min). */
const verifyHours = 24;
const resetMinutes = 10;

/** Whoever asked, as the trail has them. */
const strangerOf = ({ address, requestId }: MailRequest) => ({ actor: { kind: 'anonymous' }, address, requestId }) as const;

export interface AccountMailsDependencies {
  transaction: Transaction;
  /** Whether an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** A whole URL of a page of ours, such as `/reset`. */
  linkTo: (path: string) => string;
}

/** Says what the owner of an address is told, and makes the tokens of its links. Null where there is nothing to tell, or nobody. */
export function createAccountMails({ transaction, verifyEmail, linkTo }: AccountMailsDependencies) {
  /** The token stands behind `#`, so no server and no `Referer` ever sees it. */
  const withToken = (page: string, token: string) => `${linkTo(page)}#${token}`;

  async function verify({ mailTokens }: Repositories, { id, email, name }: Account): Promise<Mail> {
    const token = makeToken();
    await mailTokens.insert({ userId: id, purpose: 'verify', hash: hashToken(token), lifetime: verifyHours * 3600 });
    return { template: 'verify', to: email, values: { name, link: withToken('/verify', token), hours: verifyHours } };
  }

  async function resetValues({ mailTokens }: Repositories, { id, name }: Account) {
    const token = makeToken();
    await mailTokens.insert({ userId: id, purpose: 'reset', hash: hashToken(token), lifetime: resetMinutes * 60 });
    return { name, link: withToken('/reset', token), minutes: resetMinutes };
  }

  async function reset(within: Repositories, account: Account, request: MailRequest): Promise<Mail> {
    const values = await resetValues(within, account);
    await within.audit.record(strangerOf(request), { type: 'user.reset-requested', subject: `user ${account.id}` });
    return { template: 'reset', to: account.email, values };
  }

  /**
   * Of several who registered an address that is not verified, one may be its owner, and nobody knows which. So no password of
   * theirs counts, or a stranger's would once the owner verifies; whoever reads the mail chooses one.
   */
  async function choosePassword(within: Repositories, account: Account, request: MailRequest): Promise<Mail> {
    await within.users.replaceUnverifiedHash(account.id, hashOfNothing());
    await within.audit.record(strangerOf(request), { type: 'user.password-withdrawn', subject: `user ${account.id}` });
    return { template: 'choose-password', to: account.email, values: await resetValues(within, account) };
  }

  return function compose(request: MailRequest): Promise<Mail | null> {
    return transaction(async (within) => {
      const account = await within.users.findAccount(request.email);
      if (!account || account.disabled) return null;
      const { email, name, verified } = account;
      switch (request.ask) {
        case 'reset':
          return reset(within, account, request);
        case 'verify':
          return verified ? null : verify(within, account);
        case 'registered':
          return verifyEmail && !verified ? verify(within, account) : null;
        case 'registered-alike':
        case 'registered-again':
          if (verifyEmail && !verified)
            return request.ask === 'registered-alike' ? verify(within, account) : choosePassword(within, account, request);
          return { template: 'existing-account', to: email, values: { name, link: linkTo('/') } };
      }
    });
  };
}

export type ComposeMail = ReturnType<typeof createAccountMails>;
