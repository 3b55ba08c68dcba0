/**
 * A backup that cannot be made, or an archive that cannot be restored; the message says why and
 * what to do.
 */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

export const damaged = (detail: string, cause?: unknown) =>
  new BackupError(
    `The archive is truncated or altered (${detail}). Use another copy of it, or an older backup.`,
    { cause },
  );
