import type { Problem } from '../problem.js';
import { oauth2 } from './oauth2-errors.js';

/** Form of an operation's errors, if a standard demands another one than problem details. */
export interface ErrorFormat {
  /** On every answer of the operation, also of success. */
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string;
  /** Name of the schema in the document. */
  readonly schemaName: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The status that is answered for an error; undefined if that stays a problem. */
  statusOf(status: number): number | undefined;
  /** The body of an error that has a status by `statusOf`. */
  write(problem: Problem): object;
}

/** By the name that `meta.openapi.errorFormat` gives. */
const errorFormats = { oauth2 } as const satisfies Record<string, ErrorFormat>;

export type ErrorFormatName = keyof typeof errorFormats;

/** The format of an operation; undefined for problem details alone. */
export const errorFormatOf = ({
  errorFormat,
}: {
  errorFormat?: ErrorFormatName;
}): ErrorFormat | undefined => errorFormat && errorFormats[errorFormat];
