import type { AuditEntry } from '../audit/audit.repository.js';

export const revokedEntry = (sessionId: string): AuditEntry => ({
  type: 'session.revoked',
  subject: `session ${sessionId}`,
});
