import superjson from 'superjson';
import { isRecord } from './json.js';
import { type Procedure, routeOf } from './procedures.js';

/** One call over any transport. */
export interface ApiCall {
  input?: unknown;
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Raw body, sent instead of the serialised input. */
  body?: string;
  /** Sends the RPC input with superjson annotations for undefined values. */
  annotated?: boolean;
  /** Additional query parameters over REST. */
  query?: string;
}

export interface ApiResponse {
  readonly transport: 'rest' | 'rpc';
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /**
   * Output as JSON, with dates as text; undefined for an error or an empty body.
   */
  readonly json: unknown;
  /** The body of an error, as JSON. */
  readonly error: unknown;
  /** The problem object of an error. */
  readonly problem: ProblemLike | undefined;
}

export interface RpcResponse extends ApiResponse {
  /** Output as the typed client returns it, with dates as `Date`. */
  readonly output: unknown;
}

export interface ProblemLike {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { pointer: string; message: string; code: string }[];
}

export type Clients = ReturnType<typeof createClients>;

/**
 * Calls procedures over REST and tRPC without the code of the product, as a foreign client would.
 */
export function createClients(origin: string) {
  return {
    async rest(procedure: Procedure, call: ApiCall): Promise<ApiResponse> {
      const { target, body } = restRequest(procedure, call.input);
      const further =
        call.query === undefined ? '' : `${target.includes('?') ? '&' : '?'}${call.query}`;
      return readRestResponse(
        await send(origin, `/api/v1${target}${further}`, routeOf(procedure).method, body, call),
      );
    },
    async rpc(procedure: Procedure, call: ApiCall): Promise<RpcResponse> {
      const { target, body } = rpcRequest(procedure, call.input, call.annotated);
      return readRpcResponse(
        await send(
          origin,
          `/trpc/${target}`,
          procedure.type === 'query' ? 'GET' : 'POST',
          body,
          call,
        ),
      );
    },
  };
}

function send(
  origin: string,
  target: string,
  method: string,
  made: string | undefined,
  { token, headers, body = made }: ApiCall,
) {
  return fetch(origin + target, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
  });
}

/**
 * Maps an input to a REST request: path parameters into the path, the rest into query or body.
 */
export function restRequest(
  procedure: Procedure,
  input: unknown,
): { target: string; body: string | undefined } {
  const { template, names, hasBody } = routeOf(procedure);
  const values = isRecord(input) ? input : {};
  const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name])),
  );
  const inBody = isRecord(input)
    ? Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)))
    : input;
  if (!hasBody) {
    const query = isRecord(inBody) ? queryOf(inBody) : '';
    return { target: query === '' ? path : `${path}?${query}`, body: undefined };
  }
  const isEmpty =
    input === undefined ||
    (names.length > 0 && isRecord(inBody) && Object.keys(inBody).length === 0);
  return { target: path, body: isEmpty ? undefined : JSON.stringify(inBody) };
}

/** Encodes objects as `filter[status]=open` and lists as repeated names. */
function queryOf(values: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  const add = (name: string, value: unknown): void => {
    if (value === undefined) return;
    if (Array.isArray(value)) for (const item of value) add(name, item);
    else if (isRecord(value))
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
    else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  };
  for (const [name, value] of Object.entries(values)) add(name, value);
  return pairs.join('&');
}

/** Maps an input to tRPC's wire format; plain JSON needs no superjson annotations. */
export function rpcRequest(
  { path, type }: Procedure,
  input: unknown,
  annotated = false,
): { target: string; body: string | undefined } {
  const plain = input === undefined ? undefined : `{"json":${JSON.stringify(input)}}`;
  const text = annotated ? superjson.stringify(input) : plain;
  if (type === 'query') {
    return {
      target: text === undefined ? path : `${path}?input=${encodeURIComponent(text)}`,
      body: undefined,
    };
  }
  return { target: path, body: text ?? '' };
}

export async function readRestResponse(response: Response): Promise<ApiResponse> {
  const { status, headers } = response;
  const text = await response.text();
  const body: unknown =
    /json/.test(headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
  const isError = status >= 400;
  return {
    transport: 'rest',
    status,
    headers,
    text,
    json: isError ? undefined : body,
    error: isError ? body : undefined,
    problem: isError ? problemOf(body) : undefined,
  };
}

export async function readRpcResponse(response: Response): Promise<RpcResponse> {
  const { status, headers } = response;
  const text = await response.text();
  const body: unknown = JSON.parse(text);
  const base = { transport: 'rpc', status, headers, text } as const;
  if (isRecord(body) && isRecord(body.result) && isRecord(body.result.data)) {
    const { json, meta } = body.result.data;
    const output: unknown = superjson.parse(JSON.stringify({ json, meta }));
    return {
      ...base,
      json: output === undefined ? undefined : json,
      output,
      error: undefined,
      problem: undefined,
    };
  }
  return { ...base, json: undefined, output: undefined, error: body, problem: rpcProblem(body) };
}

/** Returns the problem object of an RPC error: `error.data.problem`. */
export function rpcProblem(item: unknown): ProblemLike | undefined {
  const error =
    isRecord(item) && isRecord(item.error) && isRecord(item.error.json)
      ? item.error.json
      : undefined;
  return error && isRecord(error.data) ? problemOf(error.data.problem) : undefined;
}

const isProblem = (body: unknown): body is ProblemLike =>
  isRecord(body) &&
  typeof body.status === 'number' &&
  typeof body.code === 'string' &&
  typeof body.detail === 'string';

const problemOf = (body: unknown): ProblemLike | undefined => (isProblem(body) ? body : undefined);
