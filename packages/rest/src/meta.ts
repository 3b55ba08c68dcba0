import type { $ZodType } from 'zod/v4/core';
import type { Problem } from './problem.js';
import type { ErrorFormatName } from './response/error-formats.js';

/** HTTP methods of an operation. HEAD and OPTIONS are served automatically. */
export type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type RestPath = `/${string}`;

/**
 * Additional address of an operation. Its responses carry `Deprecation` (RFC 9745) and `Link:
 * rel="successor-version"`, unless it has its own `operationId`.
 * @example
 * ```ts
 * aliases: [{ method: 'GET', path: '/note/{id}', deprecatedSince: '2026-01-31' }]
 * ```
 */
export interface RestAlias {
  method: RestMethod;
  path: RestPath;
  /** Name in the document. An alias with an `operationId` is not deprecated. */
  operationId?: string;
  /**
   * Summary of an alias with an `operationId`.
   * @default the operation's summary
   */
  summary?: string;
  /**
   * Deprecation date in ISO 8601.
   * @default the handler's `deprecatedSince`
   */
  deprecatedSince?: string;
  /** Fixed input of this address. Overrides values that the client sends. */
  input?: Readonly<Record<string, unknown>>;
  /** Same as `RestOperation.form`, but for this address only. */
  form?: boolean | 'only';
}

/** Problem members of an example error response, besides the status. */
export type ProblemExample = Partial<Omit<Problem, 'status'>>;

/**
 * Examples of an operation in the document.
 * @example
 * ```ts
 * examples: { request: { title: 'Milk' }, response: { id: 1, title: 'Milk' } }
 * ```
 */
export interface RestExamples {
  /** Input as JSON. The parameters and the body each use their own properties. */
  request?: unknown;
  response?: unknown;
  /** Examples by parameter name. Override the values in `request`. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Error responses by status. */
  problems?: Readonly<Record<number, ProblemExample>>;
}

/**
 * Input field (a record) that collects all undeclared query parameters: `?limit=2` becomes
 * `params.limit`.
 */
export interface FreeParameters {
  readonly field: string;
  /** Name in the document and in generated code. It never appears in a request. */
  readonly name: string;
}

/**
 * Describes how a procedure is served over REST: `meta.openapi`. Superset of trpc-to-openapi's
 * `OpenApiMeta`.
 * @example
 * ```ts
 * t.procedure.meta({
 *   openapi: { method: 'GET', path: '/notes/{id}', summary: 'Get a note', versioned: true },
 * })
 * ```
 */
export interface RestOperation {
  /**
   * Set to false to exclude the procedure from REST.
   * @default true
   */
  enabled?: boolean;
  method: RestMethod;
  /** Path below the base path, with parameters as `{name}`. */
  path: RestPath;
  /**
   * Name in the document.
   * @default the procedure's path in camel case
   */
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  /**
   * True if the document requires credentials. Does not enforce anything: the procedure authorizes
   * its callers.
   * @default true
   */
  protect?: boolean;
  deprecated?: boolean;
  /**
   * Marks the operation as deprecated in favor of another one. Responses carry the date (ISO 8601)
   * and the successor's path, as those of an alias do.
   */
  replacedBy?: { path: RestPath; since: string };
  successDescription?: string;
  /**
   * Status of a success.
   * @default 200, or 204 if the output is void
   */
  successStatus?: number;
  /**
   * Template of the `Location` header, such as `/notes/{id}`. Filled from the output, then
   * from the input.
   */
  location?: RestPath;
  aliases?: readonly RestAlias[];
  /**
   * The resource has an integer `version`, which becomes the `ETag`. `If-Match` sets the input's
   * `version`.
   */
  versioned?: boolean;
  /**
   * Accepts `application/x-www-form-urlencoded` in addition to JSON, or only that.
   * @default false
   */
  form?: boolean | 'only';
  /**
   * Accepts `multipart/form-data` as a stream: the input's `parts` is an
   * `AsyncIterable<MultipartPart>` and is never buffered. `form` describes fields and files
   * (`z.file()`) for the document. Set `bodyLimit` too.
   */
  multipart?: { readonly form: $ZodType };
  /**
   * Maximum body size in bytes.
   * @default the handler's `bodyLimit`
   */
  bodyLimit?: number;
  /**
   * Sends `Cache-Control: no-store`. Set it for every response that contains secrets.
   * @default false
   */
  noStore?: boolean;
  /**
   * True if POST accepts `Idempotency-Key`.
   * @default true if the handler has an idempotency store
   */
  idempotent?: boolean;
  /** Accepts undeclared query parameters. By default they are rejected with 400. */
  freeParameters?: FreeParameters;
  /** Media type of an output that is text or bytes instead of JSON. */
  produces?: string;
  /**
   * Redirects with 302 to the URL in the output's `field` if the boolean input named `when` is
   * true.
   */
  redirect?: { field: string; when: string };
  /**
   * Error format if a standard requires one other than problem details. `oauth2` follows RFC 6749
   * §5.2.
   */
  errorFormat?: ErrorFormatName;
  /** Additional error statuses for the document. */
  errors?: readonly number[];
  examples?: RestExamples;
}

/**
 * Meta type of a router that is served over REST.
 * @example
 * ```ts
 * const t = initTRPC.meta<RestMeta>().create();
 * ```
 */
export interface RestMeta {
  openapi?: RestOperation;
}
