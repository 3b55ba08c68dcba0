/** One reason why an input is refused before its schema sees it. */
export interface InputIssue {
  path: readonly (string | number)[];
  message: string;
  code: string;
}

/**
 * An input that cannot be read; carries issues in the form that validators use, so that both are
 * reported alike.
 */
export class InputFault extends Error {
  override readonly name = 'InputFault';

  constructor(readonly issues: readonly InputIssue[]) {
    super('The input is not valid.');
  }
}
