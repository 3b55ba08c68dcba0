/** One reason why an input is rejected before validation. */
export interface InputIssue {
  path: readonly (string | number)[];
  message: string;
  code: string;
}

/**
 * Error for an input that cannot be read. Has issues in the format of validators, so that both are
 * reported alike.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(readonly issues: readonly InputIssue[]) {
    super('The input is not valid.');
  }
}
