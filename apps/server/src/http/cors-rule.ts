import type { Logger } from 'pino';
import type { Environment } from '../config/env.js';

/** Passes a list, empty for a rejected origin: `false` would also omit `Vary: Origin`. */
export type OriginRule = (
  origin: string | undefined,
  decide: (error: null, allowed: string[]) => void,
) => void;

/** A page served on the developer's machine, on any port. */
const localOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
/** Maximum number of origins remembered as logged; clients can send any number of them. */
const maxLogged = 100;

export type OriginEnvironment = Pick<Environment, 'environment' | 'corsOrigins' | 'publicUrl'>;

/**
 * Decides which origins may call from a browser. Logs each rejected one once, because browsers show
 * only a vague error.
 */
export function createOriginRule(
  { environment, corsOrigins, publicUrl }: OriginEnvironment,
  log: Pick<Logger, 'warn'>,
): OriginRule {
  const known = new Set([
    ...corsOrigins,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ]);
  const logged = new Set<string>();
  return (origin, decide) => {
    if (origin === undefined) return decide(null, []);
    const allowed = known.has(origin) || (environment === 'local' && localOrigin.test(origin));
    if (!allowed && !logged.has(origin) && logged.size < maxLogged) {
      logged.add(origin);
      log.warn(
        { origin },
        'cross-origin request rejected: add the origin to CORS_ORIGINS if it is yours',
      );
    }
    decide(null, allowed ? [origin] : []);
  };
}
