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
import type { Clock } from '@synap/security';
import type { Sleep } from '../identity/failed-sign-ins.js';
import type { IdentityGuard } from '../identity/identity-guard.js';
import { type RequireOwnPassword, requireUser } from '../identity/own-account.js';
import type { ServiceHasher } from '../identity/service-hasher.js';
import type { SessionLookups } from '../identity/session-lookups.repository.js';
import type { SessionsRepository } from '../identity/sessions.repository.js';
import type { UsersRepository } from '../identity/users.repository.js';
import type { RequestMail, SendMail } from '../mail/mail-queue.js';
import type { Repositories, Transaction } from '../repositories.js';
import { clearWhenRejected, inCookie } from './cookie-mode.js';
import { createLogin } from './login.js';
import { createLogout } from './logout.js';
import { createMailLinks } from './mail-links.js';
import { createReauthenticate } from './reauthenticate.js';
import { createRefresh } from './refresh.js';
import { createRegister } from './register.js';
import type { TokenIssuers } from './session-tokens.js';

export interface AuthDependencies extends TokenIssuers {
  users: UsersRepository;
  sessions: SessionsRepository;
  sessionLookups: SessionLookups;
  transaction: Transaction;
  hasher: ServiceHasher;
  requireOwnPassword: RequireOwnPassword;
  mailTokens: Repositories['mailTokens'];
  sendMail: SendMail;
  clock: Clock;
  newId: () => string;
  requestMail: RequestMail;
  /** True if an address must be verified before its account can be used. */
  verifyEmail: boolean;
  /**
   * True if `POST /login/access-token` signs in.
   * @default false
   */
  passwordGrant?: boolean | undefined;
  sleep?: Sleep;
  signup: Meta['signup'];
  /** Passwords must not be derived from it. */
  productName: string;
  /** Called for each revoked session, after the commit. */
  sessionEnded: (sessionId: string) => void;
  /** Called for each user whose address changed, after the commit. */
  userChanged: (userId: string) => void;
  /** Called for each removed API key, after the commit. */
  keyEnded: (keyId: string) => void;
  guard: IdentityGuard;
}

/**
 * Creates the service for sign-up, sign-in, tokens and mail links. Expects addresses as the
 * contracts normalise them.
 */
export function createAuthService(dependencies: AuthDependencies): AuthService {
  const { users } = dependencies;
  const register = createRegister(dependencies);
  const login = createLogin(dependencies);
  const refresh = createRefresh(dependencies);
  const { logout, endByToken } = createLogout(dependencies);
  const reauthenticate = createReauthenticate(dependencies);
  const { verify, resend, forgot, reset } = createMailLinks(dependencies);

  return {
    register,
    async login(call, { cookie, ...account }) {
      if (!cookie) return login(call, account);
      const port = cookiePort(call);
      port.demandSettable();
      const replaced = replacedToken(port);
      const tokens = await login(call, account);
      if (replaced !== undefined) await endByToken(call, replaced);
      return inCookie(port, tokens);
    },
    async token(call, { username, password }) {
      if (!dependencies.passwordGrant) throw unsupportedGrant();
      const tokens = await login(call, { email: username, password });
      return {
        access_token: tokens.accessToken,
        refresh_token: tokens.refreshToken,
        token_type: 'bearer',
        expires_in: tokens.expiresIn,
      };
    },
    async refresh(call, { refreshToken }): Promise<Tokens> {
      if (refreshToken !== undefined) return refresh(call, refreshToken);
      const cookieToken = call.cookie?.read();
      if (!call.cookie || cookieToken === undefined)
        throw unauthenticated('The refresh token is missing: send one, or sign in with a cookie');
      return inCookie(
        call.cookie,
        await clearWhenRejected(call.cookie, refresh(call, cookieToken)),
      );
    },
    verify,
    resend,
    forgot,
    reset,
    reauthenticate,
    logout,
    me: async ({ actor }) => requireUser(await users.findById(actor.userId)),
  };
}

/**
 * Returns the token that a sign-in replaces; its session must end, because no client could sign out
 * of it later. Ignores a token that our own pages did not send.
 */
function replacedToken(port: RefreshCookie): string | undefined {
  try {
    return port.read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

/** The error for a disabled password grant (RFC 6749 §5.2). */
const unsupportedGrant = () =>
  badRequest(
    'The password grant is off (RFC 9700 §2.4): use POST /auth/login, or ask an administrator for PASSWORD_GRANT=on',
    [{ pointer: '/grant_type', message: 'Not supported', code: 'unsupported_grant_type' }],
  );

function cookiePort({ cookie }: Call) {
  if (!cookie) throw forbidden('Cookies are not available on this transport: omit "cookie"');
  return cookie;
}
