import type { PrivateUsersService } from '@synap/contracts';
import { type CreateAccountDependencies, createAccountFactory } from './create-account.js';

/** Creates the service that makes accounts for trials, without a sign-in. */
export const createPrivateUsersService = (
  dependencies: CreateAccountDependencies,
): PrivateUsersService => ({ create: createAccountFactory(dependencies) });
