/**
 * The backup cannot be made, or the archive cannot be restored. The message gives the reason and a
 * remedy.
 */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

export const damagedError = (detail: string, cause?: unknown) =>
  new BackupError(
    `The archive is truncated or altered (${detail}). Use another copy of it, or an older backup.`,
    { cause },
  );
