import type { $ZodType } from 'zod/v4/core';
import type { ErrorFormatName } from './answer/error-formats.js';
import type { Problem } from './problem.js';

/** The methods an operation can be served under; HEAD and OPTIONS come by themselves. */
export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type RestPath = `/${string}`;

/**
 * A further address of an operation. Its answers carry `Deprecation` (RFC 9745) and `Link:
 * rel="successor-version"`, unless it has an `operationId` of its own.
 */
export interface RestAlias {
  method: RestMethod;
  path: RestPath;
  /** Name in the document. An address that has one is as current as the operation's own. */
  operationId?: string;
  /** Of an address with an `operationId`; default is the operation's. */
  summary?: string;
  /** Since when it is deprecated, ISO 8601; without it the handler's `deprecatedSince` holds. */
  deprecatedSince?: string;
  /** Input that this address always means; it wins over what the client sends. */
  input?: Readonly<Record<string, unknown>>;
  /** As `RestOperation.form`, for this address alone. */
  form?: boolean | 'only';
}

/** What an example of an error answer says beyond its status. */
export type ProblemExample = Partial<Omit<Problem, 'status'>>;

export interface RestExamples {
  /** An input as JSON: the parameters and the body take from it what is theirs. */
  request?: unknown;
  response?: unknown;
  /** By the name of a path or query parameter; before what `request` says. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Error answers, by status. */
  problems?: Readonly<Record<number, ProblemExample>>;
}

/**
 * The input field, a record, that takes every query parameter which is not declared: `?limit=2`
 * becomes `params.limit`.
 */
export interface FreeParameters {
  readonly field: string;
  /** Name in the document; it occurs in generated code, but not on the wire. */
  readonly name: string;
}

/**
 * How one procedure is served over REST: `meta.openapi`. Everything that trpc-to-openapi's
 * `OpenApiMeta` knows, and more.
 */
export interface RestOperation {
  /** False keeps the procedure off REST. */
  enabled?: boolean;
  method: RestMethod;
  /** Path below the base path, with parameters as `{name}`. */
  path: RestPath;
  /** Defaults to the procedure's path in camel case. */
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  /**
   * Whether the document asks for credentials (default true). Who may call is the procedure's own
   * business.
   */
  protect?: boolean;
  deprecated?: boolean;
  /**
   * Deprecated, since another operation took its place: answers tell since when (ISO 8601) and
   * where that is, as those of an alias.
   */
  replacedBy?: { path: RestPath; since: string };
  successDescription?: string;
  /** 201, 202, 204, …; default 200, or 204 where the output is void. */
  successStatus?: number;
  /**
   * Path template filled from the output (then the input): `/dashboards/{id}` becomes `Location`.
   */
  location?: RestPath;
  aliases?: readonly RestAlias[];
  /**
   * The resource has an integer `version`: it is the `ETag`, and `If-Match` hands it to the input's
   * `version`.
   */
  versioned?: boolean;
  /** Takes `application/x-www-form-urlencoded` besides JSON, or only that. */
  form?: boolean | 'only';
  /**
   * Takes `multipart/form-data`, streamed: the input's `parts` is an
   * `AsyncIterable<MultipartPart>`, never held in memory. `form` describes its fields and files
   * (`z.file()`) for the document; set `bodyLimit` too.
   */
  multipart?: { readonly form: $ZodType };
  /** Largest body in bytes; default is the handler's. */
  bodyLimit?: number;
  /** Answers must not be stored anywhere (`Cache-Control: no-store`): whatever holds secrets. */
  noStore?: boolean;
  /** Whether POST takes `Idempotency-Key` (default true where the handler has a store). */
  idempotent?: boolean;
  /** Query parameters that are not declared are taken, too. */
  freeParameters?: FreeParameters;
  /** Media type of an output that is text or bytes instead of JSON. */
  produces?: string;
  /**
   * Answers `302` to the URL in this field of the output, where the boolean input named `when` is
   * true.
   */
  redirect?: { field: string; when: string };
  /**
   * Form of its errors, if a standard demands another one than problem details: `oauth2` is RFC
   * 6749 §5.2.
   */
  errorFormat?: ErrorFormatName;
  /** Further error statuses the operation may give, for the document. */
  errors?: readonly number[];
  examples?: RestExamples;
}

/** The meta of a router that is served over REST: `initTRPC.meta<RestMeta>()`. */
export interface RestMeta {
  openapi?: RestOperation;
}
