import type { ProblemExample, RestOperation } from '@synap/rest';
import type { z } from 'zod';
import type { Call, UserCall } from './call.js';
import type { JsonValue } from './scalars.js';
import type { Scope } from './scopes.js';

/** Who may call a procedure. The service checks access to individual objects. */
export type Access = 'public' | 'user' | 'superuser';

/** Group of operations in the documents. */
export interface Tag {
  name: string;
  description: string;
}

/** Examples for the documents: a valid input, its output, and notable errors by status. */
export interface Examples {
  readonly input?: unknown;
  readonly output?: unknown;
  readonly problems?: Readonly<Record<number, ProblemExample>>;
}

/** Fields of an endpoint that its types do not depend on. */
interface EndpointBase
  extends Omit<RestOperation, 'enabled' | 'operationId' | 'summary' | 'tags' | 'examples'> {
  /** Scope that an API key needs; null if API keys cannot call. */
  scope: Scope | null;
  /** True if a session may call it before a forced password change. */
  beforePasswordChange?: boolean;
  summary: string;
  input?: z.ZodType;
  output: z.ZodType;
  examples?: Examples;
}

/**
 * Credentials of a public procedure: `cookie` accepts an access token or the refresh token cookie,
 * `private-token` requires the token of the private API.
 */
type Credentials = 'cookie' | 'private-token';

/** Everything about a procedure on the wire: RPC, REST, documents and client follow from it. */
export type EndpointDefinition = EndpointBase &
  (
    | { access: 'public'; credentials?: Credentials }
    | { access: Exclude<Access, 'public'>; credentials?: never }
  );

/** A procedure of a contract. GET is a query, every other method a mutation. */
export interface Endpoint<
  A extends Access = Access,
  M extends RestOperation['method'] = RestOperation['method'],
  I = z.ZodType | undefined,
  O extends z.ZodType = z.ZodType,
> extends Omit<EndpointBase, 'method' | 'input' | 'output'> {
  access: A;
  credentials?: Credentials;
  method: M;
  /** Undefined if it takes no input. */
  input: I;
  output: O;
  tag: Tag;
}

/** Examples are constants. Any JSON is not checked further: its type is recursive. */
type ReadonlyDeep<T> = JsonValue extends T
  ? unknown
  : T extends object
    ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> }
    : T;
type InputOf<E> = E extends { input: infer I extends z.ZodType } ? I : undefined;

/** Examples whose values the endpoint accepts and returns. */
type ExamplesOf<E extends EndpointDefinition> = Examples &
  (InputOf<E> extends z.ZodType
    ? { readonly input: ReadonlyDeep<z.input<InputOf<E>>> }
    : { readonly input?: never }) &
  (z.output<E['output']> extends void
    ? { readonly output?: never }
    : { readonly output: ReadonlyDeep<z.output<E['output']>> });

/**
 * Declares the procedures of a feature. An example that its endpoint would not accept or return
 * does not compile.
 */
export function contract<const P extends Readonly<Record<string, EndpointDefinition>>>(
  tag: Tag,
  procedures: P & { readonly [K in keyof P]: { readonly examples?: ExamplesOf<P[K]> } },
): {
  readonly [K in keyof P]: Endpoint<P[K]['access'], P[K]['method'], InputOf<P[K]>, P[K]['output']>;
};
export function contract(
  tag: Tag,
  procedures: Readonly<Record<string, EndpointDefinition>>,
): Readonly<Record<string, Endpoint>> {
  return Object.fromEntries(
    Object.entries(procedures).map(([name, { input, ...rest }]) => [name, { ...rest, input, tag }]),
  );
}

type CallFor<E extends Endpoint> = E['access'] extends 'public' ? Call : UserCall;

type MethodOf<E extends Endpoint> = E['input'] extends z.ZodType
  ? (call: CallFor<E>, input: z.output<E['input']>) => Promise<z.input<E['output']>>
  : (call: CallFor<E>) => Promise<z.input<E['output']>>;

/** Service interface of a contract: one method per endpoint, derived from its schemas. */
export type ServiceOf<C extends Readonly<Record<string, Endpoint>>> = {
  [K in keyof C]: MethodOf<C[K]>;
};
