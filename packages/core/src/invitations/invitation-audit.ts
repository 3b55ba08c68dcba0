import type { AuditEntry } from '../audit/audit.repository.js';

export const invitationOf = (id: string) => `invitation ${id}`;
export const withdrawnEntry = (id: string): AuditEntry => ({
  type: 'invitation.withdrawn',
  subject: invitationOf(id),
});
