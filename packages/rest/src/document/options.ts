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

export interface DocumentOptions {
  title: string;
  version: string;
  description?: string;
  /** Path that all operations are below; becomes the one, relative, server URL. */
  basePath?: string;
  contact?: { name?: string; url?: string; email?: string };
  license?: { name: string; identifier?: string; url?: string };
  tags?: readonly { name: string; description?: string }[];
  /** By name; default one `bearerAuth`. */
  securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  /** Whether an operation asks for credentials; default: unless its meta says `protect: false`. */
  isProtected?: (operation: { path: string; meta: unknown }) => boolean;
  /**
   * Names of the schemes of which any one opens an operation that asks for credentials; default:
   * all.
   */
  schemesOf?: (operation: { path: string; meta: unknown }) => readonly string[];
  /**
   * Codes that problems have beside those of tRPC; `code` is then documented as the closed list of
   * both.
   */
  problemCodes?: readonly string[];
  /** Error statuses that every operation may give; default 500. */
  commonErrors?: readonly number[];
  /** Every answer carries `RateLimit` and `RateLimit-Policy`, and 429 may come. */
  rateLimited?: boolean;
  /** POST takes `Idempotency-Key`, as the handler does where it has a store. */
  idempotency?: boolean;
  /** Says more of an operation, under names that start with `x-`. */
  extensionsOf?: (operation: {
    path: string;
    meta: unknown;
  }) => Readonly<Record<`x-${string}`, unknown>>;
  /** What the examples of error answers say, by status, where the operation has none of its own. */
  problemExamples?: Readonly<Record<number, ProblemExample>>;
  /** Examples of headers, by name. */
  headerExamples?: Readonly<Record<string, string>>;
}

export interface GenerateDocumentOptions extends DocumentOptions {
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
