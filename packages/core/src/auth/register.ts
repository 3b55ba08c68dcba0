import { type Call, forbidden, type Meta } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import type { RequestMail } from '../mail/mail-queue.js';
import type { Transaction } from '../repositories.js';
import { demandGoodPassword, nameFrom } from '../users/new-account.js';
import type { IdentityGuard } from './identity-guard.js';

export interface RegisterDependencies {
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'admit' | 'hash'>;
  requestMail: RequestMail;
  signup: Meta['signup'];
  productName: string;
  guard: Pick<IdentityGuard, 'register'>;
}

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
}

/** Signs up. An address that has an account keeps it, and its owner gets a notice; answer and timing are the same. */
export function createRegister({ transaction, hasher, requestMail, signup, productName, guard }: RegisterDependencies) {
  return async function register(
    call: Pick<Call, 'actor' | 'address' | 'requestId'>,
    { email, password, name }: Registration,
  ): Promise<{ accepted: true }> {
    if (signup === 'closed') throw forbidden('Sign-up is closed: ask an administrator for an account');
    if (signup === 'invite')
      throw forbidden('Sign-up is by invitation only: open the link in yours, or ask an administrator for one');
    hasher.admit();
    await guard.register(call.address);
    demandGoodPassword(password, { productName, email });
    // Hashed before anything is known of the account; from here on, the same statements either way.
    const passwordHash = await hasher.hash(password);
    await transaction(async (within) => {
      const { id, made } = await within.users.insertUnlessTaken({ email, name: name ?? nameFrom(email), passwordHash });
      const type = made ? 'user.registered' : 'user.registered-again';
      await within.audit.record(call, { type, subject: `user ${id}` });
      const { address, requestId } = call;
      await requestMail(within, { ask: made ? 'registered' : 'registered-again', email, address, requestId });
    });
    return { accepted: true };
  };
}
