/** Thrown when a run did not end well. Its message may be shown. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
  /**
   * True if the job queue must not try again: it was the last attempt, or every attempt would end
   * the same way.
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

export const takenOver = () => new SyncFailure('Another worker took the run over');
