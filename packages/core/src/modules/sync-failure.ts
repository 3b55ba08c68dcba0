/** Thrown when a run failed. Its message may be shown to users. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  /**
   * True if the job queue must not retry: it was the last attempt, or every attempt would fail the
   * same way.
   */
  readonly final: boolean;
  constructor(
    message: string,
    { cause, final = false }: { cause?: unknown; final?: boolean } = {},
  ) {
    super(message, { cause });
    this.final = final;
  }
}

export const takenOverError = () => new SyncFailure('Another worker took the run over');
