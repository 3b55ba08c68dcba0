import type { ManagedUser, Role } from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import type { AuditCall } from '../audit/audit.repository.js';
import { auditEntries } from '../audit/audit-entries.js';
import { addressTakenError } from '../identity/account-errors.js';
import { assertPasswordPolicy, defaultNameFromEmail } from '../identity/new-account.js';
import type { Transaction } from '../repositories.js';
import { requireManagedUser } from './require-managed-user.js';

export interface CreateAccountDependencies {
  transaction: Transaction;
  hasher: Pick<PasswordHasher, 'hash'>;
  /** Passwords must not be derived from it. */
  productName: string;
}

interface NewAccount {
  email: string;
  password: string;
  name?: string | undefined;
  role?: Role;
  mustChangePassword?: boolean;
}

/** Creates an account that is verified by the caller instead of by mail. */
export function createAccountFactory({
  transaction,
  hasher,
  productName,
}: CreateAccountDependencies) {
  return async function createAccount(
    call: AuditCall,
    { email, password, name, role = 'user', mustChangePassword }: NewAccount,
  ): Promise<ManagedUser> {
    assertPasswordPolicy(password, { productName, email });
    const passwordHash = await hasher.hash(password);
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
      if (!made) throw addressTakenError();
      await tx.audit.record(call, auditEntries.userCreated(id, role));
      return requireManagedUser(await tx.managedUsers.find(id));
    });
  };
}
