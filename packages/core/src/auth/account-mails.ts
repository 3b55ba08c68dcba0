import type { Mail } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { timeOfId } from '../ids.js';
import type { MailRequest } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import type { Account } from '../users/users.repository.js';

/** Lifetimes of links (security parameters: verify 24 h, reset 10 min). */
const verifyHours = 24;
const resetMinutes = 10;
/**
 * Seconds for which an unused link is enough: further requests mail nothing, so no stranger can
 * flood an owner or cut one off.
 */
const quietSeconds = 300;

export interface AccountMailsDependencies {
  transaction: Transaction;
  /** Whether an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** A whole URL of a page of ours, such as `/reset`. */
  linkTo: (path: string) => string;
}

/**
 * Says what the owner of an address is told, and makes the tokens of its links. Null if there is no
 * such account, or nothing that a link of the last minutes does not do.
 */
export function createAccountMails({ transaction, verifyEmail, linkTo }: AccountMailsDependencies) {
  /** The token stands behind `#`, so no server and no `Referer` ever sees it. */
  const withToken = (page: string, token: string) => `${linkTo(page)}#${token}`;

  async function verify(
    { mailTokens }: Repositories,
    { id, email }: Account,
    mailId: string,
  ): Promise<Mail | null> {
    if (await mailTokens.wasMailedLately(id, 'verify', { seconds: quietSeconds, mailId }))
      return null;
    const token = generateToken();
    const lifetime = verifyHours * 3600;
    await mailTokens.insert({
      id: mailId,
      userId: id,
      purpose: 'verify',
      hash: hashToken(token),
      lifetime,
    });
    return {
      template: 'verify',
      to: email,
      values: { link: withToken('/verify', token), hours: verifyHours },
    };
  }

  async function reset(
    tx: Repositories,
    { id, email }: Account,
    request: MailRequest,
    { mailId, template }: { mailId: string; template: 'reset' | 'choose-password' },
  ): Promise<Mail | null> {
    if (await tx.mailTokens.wasMailedLately(id, 'reset', { seconds: quietSeconds, mailId }))
      return null;
    const token = generateToken();
    const lifetime = resetMinutes * 60;
    await tx.mailTokens.insert({
      id: mailId,
      userId: id,
      purpose: 'reset',
      hash: hashToken(token),
      lifetime,
    });
    const { address, requestId } = request;
    const stranger = { actor: { kind: 'anonymous' }, address, requestId } as const;
    await tx.audit.record(stranger, { type: 'user.reset-requested', subject: `user ${id}` });
    return {
      template,
      to: email,
      values: { link: withToken('/reset', token), minutes: resetMinutes },
    };
  }

  /**
   * One in each five minutes of the clock, however many register the address: strangers must not
   * flood its owner.
   */
  async function notice(
    { audit }: Repositories,
    { id, email, verifiedAt }: Account,
    { eventId }: MailRequest,
  ): Promise<Mail | null> {
    if (eventId !== undefined) {
      const quiet = quietSeconds * 1000;
      // Before it was verified, they got a link instead.
      const since = Math.max(
        Math.floor(timeOfId(eventId) / quiet) * quiet,
        verifiedAt?.getTime() ?? 0,
      );
      const event = { type: 'user.registered-again', subject: `user ${id}`, id: eventId } as const;
      if (!(await audit.isFirstSince(since, event))) return null;
    }
    return { template: 'existing-account', to: email, values: { link: linkTo('/') } };
  }

  return function compose(request: MailRequest, mailId: string): Promise<Mail | null> {
    return transaction(async (tx) => {
      const account = await tx.users.lockAccount(request.email);
      if (!account || account.disabled) return null;
      const { verified } = account;
      switch (request.ask) {
        case 'reset':
          return reset(tx, account, request, { mailId, template: 'reset' });
        case 'verify':
          return verified ? null : verify(tx, account, mailId);
        case 'registered':
          return verifyEmail && !verified ? verify(tx, account, mailId) : null;
        case 'registered-alike':
        case 'registered-again':
          if (verifyEmail && !verified)
            return request.ask === 'registered-alike'
              ? verify(tx, account, mailId)
              : reset(tx, account, request, { mailId, template: 'choose-password' });
          return notice(tx, account, request);
      }
    });
  };
}

export type ComposeMail = ReturnType<typeof createAccountMails>;
