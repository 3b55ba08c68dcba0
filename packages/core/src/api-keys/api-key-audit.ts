import type { AuditEntry } from '../audit/audit.repository.js';

export const revokedKeyEntry = (keyId: string): AuditEntry => ({
  type: 'api-key.revoked',
  subject: `api-key ${keyId}`,
});
