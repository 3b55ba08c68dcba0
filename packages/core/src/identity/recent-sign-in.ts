import { forbidden, reauthenticationRequired, type UserCall } from '@synap/contracts';
import { sessionRules } from './session-rules.js';
import type { SessionsRepository } from './sessions.repository.js';

/**
 * Throws `reauthentication_required` unless the session proved the password recently (ASVS 5.0,
 * 7.5.1). Throws `forbidden` for API keys.
 */
export async function requireRecentSignIn(
  { sessions }: { sessions: Pick<SessionsRepository, 'wasAuthenticatedWithin'> },
  { actor: { sessionId } }: UserCall,
): Promise<void> {
  if (sessionId === null) throw forbidden('API keys cannot do this: sign in.');
  if (!(await sessions.wasAuthenticatedWithin(sessionId, sessionRules.recentSeconds)))
    throw reauthenticationRequired();
}
