import type { Problem } from '../problem.js';
import { oauth2 } from './oauth2-errors.js';

/** Error format of an operation, if a standard requires one other than problem details. */
export interface ErrorFormat {
  /** Headers of every response of the operation, including successes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string;
  /** Name of the schema in the document. */
  readonly schemaName: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** Maps an error status. Returns undefined if the error stays a problem. */
  statusOf(status: number): number | undefined;
  /** Body of an error for which `statusOf` returns a status. */
  write(problem: Problem): object;
}

/** Formats by the value of `meta.openapi.errorFormat`. */
const errorFormats = { oauth2 } as const satisfies Record<string, ErrorFormat>;

export type ErrorFormatName = keyof typeof errorFormats;

/** Error format of an operation; undefined if it only uses problem details. */
export const errorFormatOf = ({
  errorFormat,
}: {
  errorFormat?: ErrorFormatName;
}): ErrorFormat | undefined => errorFormat && errorFormats[errorFormat];
