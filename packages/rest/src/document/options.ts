import type { AnyTRPCRouter } from '@trpc/server';
import type { ProblemExample } from '../meta.js';
import type { JsonObject } from './json-schema.js';

/** A security scheme of OpenAPI 3.1. */
export type SecurityScheme =
  | { type: 'http'; scheme: string; bearerFormat?: string; description?: string }
  | { type: 'apiKey'; in: 'header' | 'query' | 'cookie'; name: string; description?: string }
  | {
      type: 'oauth2';
      flows: { password: { tokenUrl: string; scopes: Record<string, string> } };
      description?: string;
    };

/** Options of an OpenAPI document. */
export interface DocumentOptions {
  title: string;
  version: string;
  description?: string;
  /**
   * Path prefix of all operations. Becomes the only, relative, server URL.
   * @default '/'
   */
  basePath?: string;
  contact?: { name?: string; url?: string; email?: string };
  license?: { name: string; identifier?: string; url?: string };
  tags?: readonly { name: string; description?: string }[];
  /**
   * Security schemes by name.
   * @default a single `bearerAuth`
   */
  securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  /**
   * Returns true if an operation requires credentials.
   * @default true unless the meta sets `protect: false`
   */
  isProtected?: (operation: { path: string; meta: unknown }) => boolean;
  /**
   * Names of the schemes that an operation accepts; any one of them suffices.
   * @default all schemes
   */
  schemesOf?: (operation: { path: string; meta: unknown }) => readonly string[];
  /**
   * Application error codes. If set, the document lists them and tRPC's codes as the only values of
   * `code`.
   * @default `code` is any text
   */
  problemCodes?: readonly string[];
  /**
   * Error statuses of every operation.
   * @default [500]
   */
  commonErrors?: readonly number[];
  /**
   * Documents `RateLimit`, `RateLimit-Policy` and 429 for every operation.
   * @default false
   */
  rateLimited?: boolean;
  /**
   * Documents `Idempotency-Key` for POST. Set it if the handler has an idempotency store.
   * @default false
   */
  idempotency?: boolean;
  /**
   * Returns additional properties of an operation, with names that start with `x-`.
   * @example
   * ```ts
   * extensionsOf: ({ path }) => ({ 'x-procedure': path })
   * ```
   */
  extensionsOf?: (operation: {
    path: string;
    meta: unknown;
  }) => Readonly<Record<`x-${string}`, unknown>>;
  /** Example problems by status, for operations without their own. */
  problemExamples?: Readonly<Record<number, ProblemExample>>;
  /** Examples of headers by name. */
  headerExamples?: Readonly<Record<string, string>>;
}

/** Options of `generateDocument`. */
export interface GenerateDocumentOptions extends DocumentOptions {
  /** Every procedure with `meta.openapi` is documented. */
  router: AnyTRPCRouter;
}

/** An OpenAPI document as JSON. */
export interface OpenApiDocument {
  openapi: string;
  info: JsonObject;
  servers: JsonObject[];
  paths: Record<string, Record<string, JsonObject>>;
  components: { schemas: Record<string, JsonObject> } & JsonObject;
  tags?: JsonObject[];
}
