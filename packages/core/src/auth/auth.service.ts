import { type AuthService, type Meta, unavailable } from '@synap/contracts';
import { HasherBusy, type PasswordHasher } from '@synap/security';
import type { SendMail } from '../mail/mail-queue.js';
import type { UsersRepository } from '../users/users.repository.js';
import { present } from '../users/users.service.js';
import type { Sleep } from './failed-sign-ins.js';
import { type IdentityGuard, noIdentityGuard } from './identity-guard.js';
import { createLogin, type LoginRepositories } from './login.js';
import { createRefresh } from './refresh.js';
import { createRegister } from './register.js';
import type { SessionLookups } from './session-lookups.repository.js';
import type { TokenMakers } from './session-tokens.js';
import type { SessionsRepository } from './sessions.repository.js';

export interface AuthDependencies extends TokenMakers {
  users: UsersRepository;
  sessions: SessionsRepository;
  lookups: SessionLookups;
  transaction: <T>(run: (repositories: LoginRepositories) => Promise<T>) => Promise<T>;
  hasher: PasswordHasher;
  sendMail: SendMail;
  sleep?: Sleep;
  signup: Meta['signup'];
  /** No password may be built from it. */
  productName: string;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** None by default. */
  guard?: IdentityGuard;
}

/** Sign-up, sign-in and what follows from them. Expects addresses as the contracts normalise them. */
export function createAuthService({ guard = noIdentityGuard, ...rest }: AuthDependencies): AuthService {
  const dependencies = { ...rest, guard };
  const { users, sessions, sessionEnded } = dependencies;
  const register = createRegister(dependencies);
  const login = createLogin(dependencies);
  const refresh = createRefresh(dependencies);

  return {
    register: (call, input) => whenHasherIsFree(register(call, input)),
    login: (call, input) => whenHasherIsFree(login(call, input)),
    refresh: (_call, { refreshToken }) => refresh(refreshToken),
    async logout({ actor }) {
      if (actor.sessionId === null) return;
      await sessions.revoke(actor.sessionId);
      sessionEnded(actor.sessionId);
    },
    me: async ({ actor }) => present(await users.findById(actor.userId)),
  };
}

async function whenHasherIsFree<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof HasherBusy)) throw error;
    throw unavailable('Too many people are signing in at once: try again shortly', error.retryAfter, error);
  }
}
