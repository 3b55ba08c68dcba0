import { type Call, forbidden, type Meta } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import { demandGoodPassword, nameFrom } from '../users/new-account.js';
import type { UsersRepository } from '../users/users.repository.js';
import type { IdentityGuard } from './identity-guard.js';

export interface RegisterDependencies {
  users: Pick<UsersRepository, 'insertUnlessTaken'>;
  hasher: Pick<PasswordHasher, 'hash'>;
  signup: Meta['signup'];
  productName: string;
  guard: Pick<IdentityGuard, 'register'>;
}

export interface Registration {
  email: string;
  password: string;
  name?: string | undefined;
}

export function createRegister({ users, hasher, signup, productName, guard }: RegisterDependencies) {
  return async function register(
    { address }: Pick<Call, 'address'>,
    { email, password, name }: Registration,
  ): Promise<{ accepted: true }> {
    if (signup === 'closed') throw forbidden('Sign-up is closed: ask an administrator for an account');
    if (signup === 'invite') throw forbidden('Sign-up is by invitation only: ask an administrator for one');
    await guard.register(address);
    demandGoodPassword(password, { productName, email });
    // Hashed before anything is known of the account: the answer and its timing are the same for new and existing addresses.
    const passwordHash = await hasher.hash(password);
    await users.insertUnlessTaken({ email, name: name ?? nameFrom(email), passwordHash });
    return { accepted: true };
  };
}
