import { type Call, forbidden, type Meta } from '@synap/contracts';
import { type PasswordHasher, unusableHash } from '@synap/security';
import { auditEntries } from '../audit/audit-entries.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import { assertPasswordPolicy, defaultNameFromEmail } from '../identity/new-account.js';
import type { UsersRepository } from '../identity/users.repository.js';
import type { RequestMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';

export interface RegisterDependencies {
  users: Pick<UsersRepository, 'findCredentials'>;
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'admit' | 'hash'>;
  requestMail: RequestMail;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
  signup: Meta['signup'];
  productName: string;
  guard: Pick<IdentityGuard, 'register'>;
}

type RegisterCall = Pick<Call, 'actor' | 'address' | 'requestId' | 'reportLimit'>;

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
}

/**
 * Signs up. An existing account stays unchanged and its owner gets a notice; response and timing
 * are the same.
 */
export function createRegister(dependencies: RegisterDependencies) {
  const { users, transaction, hasher, requestMail, verifyEmail, signup, productName, guard } =
    dependencies;

  /**
   * Runs one hash and the same statements, whether or not the account exists. Returns false if the
   * account was created concurrently.
   */
  async function tryTo(
    call: RegisterCall,
    { email, password, name }: Registration,
  ): Promise<boolean> {
    const before = await users.findCredentials(email);
    // A resubmitted form yields the same hash.
    const passwordHash = await hasher.hash(password, before?.passwordHash);
    const again = passwordHash === before?.passwordHash ? 'registered-alike' : 'registered-again';
    // Several people may register one unverified address, and we cannot tell who owns it. Store an
    // unusable hash, so that no stranger's password becomes valid on verification. The owner sets a
    // password from the mail.
    const insteadOfUnverified =
      verifyEmail && before && again === 'registered-again' ? unusableHash() : null;
    return transaction(async (tx) => {
      const user = {
        email,
        name: name ?? defaultNameFromEmail(email),
        passwordHash,
        insteadOfUnverified,
      };
      const { id, made, withdrawn } = await tx.users.insertUnlessTaken(user);
      if (!made && !before) return false;
      const payload = withdrawn ? { passwordWithdrawn: true } : undefined;
      const entry = made
        ? auditEntries.userRegistered(id, payload)
        : auditEntries.userRegisteredAgain(id, payload);
      const eventId = await tx.audit.record(call, entry);
      const { address, requestId } = call;
      await requestMail(tx, {
        ask: made ? 'registered' : again,
        email,
        address,
        requestId,
        eventId,
      });
      return true;
    });
  }

  return async function register(
    call: RegisterCall,
    registration: Registration,
  ): Promise<{ accepted: true }> {
    if (signup === 'closed')
      throw forbidden('Sign-up is closed: ask an administrator for an account');
    if (signup === 'invite')
      throw forbidden(
        'Sign-up is by invitation only: open the link in yours, or ask an administrator for one',
      );
    hasher.admit();
    // Check the password first: a rejected one must not count against the limit.
    assertPasswordPolicy(registration.password, { productName, email: registration.email });
    await guard.register(call.address, call.reportLimit);
    while (!(await tryTo(call, registration)));
    return { accepted: true };
  };
}
