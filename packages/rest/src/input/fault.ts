import { TRPCError } from '@trpc/server';

/** One reason why an input is refused before its schema sees it. */
export interface InputIssue {
  path: readonly (string | number)[];
  message: string;
  code: string;
}

/** An input that cannot be read; carries issues in the form that validators use, so that both are told alike. */
export class InputFault extends Error {
  override readonly name = 'InputFault';

  constructor(readonly issues: readonly InputIssue[]) {
    super('The input is not valid.');
  }
}

export const inputFault = (path: readonly (string | number)[], message: string, code: string) =>
  new InputFault([{ path, message, code }]);

/** Anything thrown while reading an input, as the error that the caller gets. */
export const toBadRequest = (cause: unknown): TRPCError =>
  cause instanceof TRPCError ? cause : new TRPCError({ code: 'BAD_REQUEST', cause });
