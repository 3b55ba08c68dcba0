import type { Mail } from '@synap/contracts';
import { generateToken, hashToken } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import type { Account } from '../identity/users.repository.js';
import { timeOfId } from '../ids.js';
import type { MailRequest } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';

/** Lifetimes of links, as security parameters: verification 24 h, password reset 10 min. */
const verifyHours = 24;
const resetMinutes = 10;
/**
 * Seconds during which an unused link suppresses further mails. A stranger can then neither flood
 * an owner nor invalidate the owner's link.
 */
const cooldownSeconds = 300;

export interface AccountMailsDependencies {
  transaction: Transaction;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** Absolute URL of a page of the web app, such as `/reset`. */
  linkTo: (path: string) => string;
}

/**
 * Composes the mail for the owner of an address and creates the token of its link. Returns null if
 * there is no such account, or if a recent link is still usable.
 */
export function createAccountMails({ transaction, verifyEmail, linkTo }: AccountMailsDependencies) {
  /** Puts the token behind `#`, so that no server and no `Referer` header contains it. */
  const withToken = (page: string, token: string) => `${linkTo(page)}#${token}`;

  async function verify(
    { mailTokens }: Repositories,
    { id, email }: Account,
    mailId: string,
  ): Promise<Mail | null> {
    if (await mailTokens.wasMailedLately(id, 'verify', { seconds: cooldownSeconds, mailId }))
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
    if (await tx.mailTokens.wasMailedLately(id, 'reset', { seconds: cooldownSeconds, mailId }))
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
    const anonymousCall = { actor: { kind: 'anonymous' }, address, requestId } as const;
    await tx.audit.record(anonymousCall, auditEntries.resetRequested(id));
    return {
      template,
      to: email,
      values: { link: withToken('/reset', token), minutes: resetMinutes },
    };
  }

  /**
   * Sends at most one notice per five minutes of the clock, so that strangers cannot flood the
   * owner.
   */
  async function notice(
    { audit }: Repositories,
    { id, email, verifiedAt }: Account,
    { eventId }: MailRequest,
  ): Promise<Mail | null> {
    if (eventId !== undefined) {
      const quiet = cooldownSeconds * 1000;
      // Before verification the owner got a link instead, so earlier events do not count.
      const since = Math.max(
        Math.floor(timeOfId(eventId) / quiet) * quiet,
        verifiedAt?.getTime() ?? 0,
      );
      const entry = auditEntries.userRegisteredAgain(id);
      if (!(await audit.isFirstSince(since, entry, eventId))) return null;
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
