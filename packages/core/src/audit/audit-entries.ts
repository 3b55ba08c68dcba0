import type { JsonValue, Role } from '@synap/contracts';

/**
 * Must not contain secrets, and only the personal data that the entry needs. The id of an acting
 * API key is added.
 */
type Payload = Readonly<Record<string, JsonValue>>;

const about =
  (kind: 'user' | 'session' | 'api-key' | 'invitation' | 'procedure') =>
  <T extends string>(type: T, id: string, payload: Payload = {}) => ({
    type,
    subject: `${kind} ${id}`,
    payload,
  });

const user = about('user');
const session = about('session');
const apiKey = about('api-key');
const invitation = about('invitation');

/** All entries of the audit log: changes of identity or access. */
export const auditEntries = {
  userRegistered: (id: string, payload?: Payload) => user('user.registered', id, payload),
  userRegisteredAgain: (id: string, payload?: Payload) =>
    user('user.registered-again', id, payload),
  userCreated: (id: string, role: Role) => user('user.created', id, { role }),
  userVerified: (id: string) => user('user.verified', id),
  userUpdated: (id: string) => user('user.updated', id),
  userEmailChanged: (id: string) => user('user.email-changed', id),
  userRoleChanged: (id: string, change: { from: Role; to: Role }) =>
    user('user.role-changed', id, change),
  userDisabled: (id: string) => user('user.disabled', id),
  userEnabled: (id: string) => user('user.enabled', id),
  userRemoved: (id: string, payload: { handedOverTo: string } | { reason: string } | undefined) =>
    user('user.removed', id, payload),
  passwordChanged: (userId: string) => user('user.password-changed', userId),
  passwordReset: (userId: string) => user('user.password-reset', userId),
  resetRequested: (userId: string) => user('user.reset-requested', userId),
  resetSent: (userId: string) => user('user.reset-sent', userId),
  passwordChangeDemanded: (userId: string, demanded: boolean) =>
    user('user.password-change-demanded', userId, { demanded }),
  /** @param userId null if no account has the address */
  signInFailed: (userId: string | null) => user('user.sign-in-failed', userId ?? 'unknown'),
  signInFailedOften: (userId: string) => user('user.sign-in-failed-often', userId),
  sessionStarted: (id: string) => session('session.started', id),
  sessionReauthenticated: (id: string) => session('session.reauthenticated', id),
  sessionEnded: (id: string) => session('session.ended', id),
  sessionRevoked: (id: string) => session('session.revoked', id),
  sessionReuseDetected: (id: string, userId: string) =>
    session('session.reuse-detected', id, { userId }),
  apiKeyCreated: (
    id: string,
    key: { name: string; scopes: string[]; dashboardId: string | null },
  ) => apiKey('api-key.created', id, key),
  apiKeyRevoked: (id: string) => apiKey('api-key.revoked', id),
  invitationCreated: (id: string, role: Role) => invitation('invitation.created', id, { role }),
  invitationAccepted: (id: string) => invitation('invitation.accepted', id),
  invitationWithdrawn: (id: string) => invitation('invitation.withdrawn', id),
  /** @param procedure its path */
  accessRefused: (procedure: string) => about('procedure')('access.refused', procedure),
};

export type AuditEntry = ReturnType<(typeof auditEntries)[keyof typeof auditEntries]>;
