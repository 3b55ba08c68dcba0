import {
  AppError,
  type AuthService,
  badRequest,
  type Call,
  forbidden,
  type Meta,
  type RefreshCookie,
  type Tokens,
  unauthenticated,
} from '@synap/contracts';
import type { PasswordHasher } from '@synap/security';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import type { UsersRepository } from '../users/users.repository.js';
import { requireUser } from '../users/users.service.js';
import { clearWhenRefused, inCookie } from './cookie-mode.js';
import type { Sleep } from './failed-sign-ins.js';
import { translateHasherBusy } from './hasher-busy.js';
import { type IdentityGuard, noIdentityGuard } from './identity-guard.js';
import { createLogin } from './login.js';
import { createLogout } from './logout.js';
import { createMailLinks } from './mail-links.js';
import { createReauthenticate } from './reauthenticate.js';
import { createRefresh } from './refresh.js';
import { createRegister } from './register.js';
import type { SessionLookups } from './session-lookups.repository.js';
import type { TokenMakers } from './session-tokens.js';
import type { SessionsRepository } from './sessions.repository.js';

export interface AuthDependencies extends TokenMakers {
  users: UsersRepository;
  sessions: SessionsRepository;
  lookups: SessionLookups;
  transaction: Transaction;
  hasher: PasswordHasher;
  mailTokens: Repositories['mailTokens'];
  sendMail: SendMail;
  requestMail: RequestMail;
  /** Whether an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /** If `POST /login/access-token` signs in. @default false */
  passwordGrant?: boolean | undefined;
  sleep?: Sleep;
  signup: Meta['signup'];
  /** No password may be built from it. */
  productName: string;
  /** Told of each session that was revoked, once that is committed. */
  sessionEnded: (sessionId: string) => void;
  /** Told of a user whose address changed, once that is committed. */
  userChanged: (userId: string) => void;
  /** Told of each API key that was removed, likewise. */
  keyEnded: (keyId: string) => void;
  /** None by default. */
  guard?: IdentityGuard;
}

/**
 * Sign-up, sign-in and what follows from them. Expects addresses as the contracts normalise them.
 */
export function createAuthService({
  guard = noIdentityGuard,
  ...rest
}: AuthDependencies): AuthService {
  const dependencies = { ...rest, guard };
  const { users } = dependencies;
  const register = createRegister(dependencies);
  const login = createLogin(dependencies);
  const refresh = createRefresh(dependencies);
  const { logout, endByToken } = createLogout(dependencies);
  const reauthenticate = createReauthenticate(dependencies);
  const { verify, resend, forgot, reset } = createMailLinks(dependencies);

  return {
    register: (call, input) => translateHasherBusy(register(call, input)),
    async login(call, { cookie, ...account }) {
      if (!cookie) return translateHasherBusy(login(call, account));
      const port = cookiePort(call);
      port.demandSettable();
      const replaced = heldIn(port);
      const tokens = await translateHasherBusy(login(call, account));
      if (replaced !== undefined) await endByToken(call, replaced);
      return inCookie(port, tokens);
    },
    async token(call, { username, password }) {
      if (!dependencies.passwordGrant) throw unsupportedGrant();
      const tokens = await translateHasherBusy(login(call, { email: username, password }));
      return {
        access_token: tokens.accessToken,
        refresh_token: tokens.refreshToken,
        token_type: 'bearer',
        expires_in: tokens.expiresIn,
      };
    },
    async refresh(call, { refreshToken }): Promise<Tokens> {
      if (refreshToken !== undefined) return refresh(call, refreshToken);
      const held = call.cookie?.read();
      if (!call.cookie || held === undefined)
        throw unauthenticated('There is no refresh token: send one, or sign in with a cookie');
      return inCookie(call.cookie, await clearWhenRefused(call.cookie, refresh(call, held)));
    },
    verify,
    resend,
    forgot,
    reset: (call, input) => translateHasherBusy(reset(call, input)),
    reauthenticate: (call, input) => translateHasherBusy(reauthenticate(call, input)),
    logout,
    me: async ({ actor }) => requireUser(await users.findById(actor.userId)),
  };
}

/**
 * The token that a sign-in replaces: nobody could sign out of its session any more. Only a page of
 * ours may end it.
 */
function heldIn(port: RefreshCookie): string | undefined {
  try {
    return port.read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

/** RFC 6749 §5.2 */
const unsupportedGrant = () =>
  badRequest(
    'The password grant is off (RFC 9700 §2.4): use POST /auth/login, or ask an administrator for PASSWORD_GRANT=on',
    [{ pointer: '/grant_type', message: 'Not supported', code: 'unsupported_grant_type' }],
  );

function cookiePort({ cookie }: Call) {
  if (!cookie) throw forbidden('There are no cookies on this way: sign in without "cookie"');
  return cookie;
}
