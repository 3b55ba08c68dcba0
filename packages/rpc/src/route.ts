import { type IncomingRequest, readText } from '@synap/http';
import { type AnyTRPCProcedure, type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { serveWithTrpcAdapter } from './adapter-fallback.js';
import { Call, Exchange, type Incoming, type Settings } from './exchange.js';
import { Inputs } from './request/inputs.js';
import {
  type MediaKind,
  type ParsedRequest,
  unsupportedMediaType,
  wantsStream,
} from './request/parse-request.js';
import { run } from './run.js';

/**
 * Serves a request directly or with tRPC's adapter.
 * @throws TRPCError if its calls cannot share a batch.
 */
export function route(incoming: Incoming, parsed: ParsedRequest): void {
  const { settings, req } = incoming;
  const { isBatch, kind, paths, query, target } = parsed;
  const calls = paths.map(
    (path, index) => new Call(path, index, findProcedure(settings.router, path)),
  );
  const isPost = req.method === 'POST';
  const bodyLimit = isPost ? smallestLimit(settings, calls) : settings.bodyLimit;
  const isUpload = isUploadType(kind);
  if (isPost && isUpload && !calls.every((call) => acceptsUpload(settings, call, kind)))
    throw unsupportedMediaType(req);
  if (needsAdapter(incoming, parsed, calls)) {
    serveWithTrpcAdapter(incoming, {
      path: target.path,
      bodyLimit,
      hasDeadline: !isUpload && settings.deadlineMs > 0,
    });
    return;
  }
  checkTypes(calls);
  const read = isPost ? () => readText(req, bodyLimit) : () => query.input;
  const inputs = new Inputs({
    transformer: settings.config.transformer.input,
    readText: read,
    isBatch,
    size: calls.length,
  });
  void run(new Exchange({ ...incoming, calls, isBatch, inputs, bodyLimit }));
}

const isUploadType = (kind: MediaKind): boolean =>
  kind === 'multipart/form-data' || kind === 'application/octet-stream';

/** True if middleware has already read the body. */
const isBodyRead = (req: IncomingRequest): boolean => req.body !== undefined || req.readableEnded;

/**
 * True if tRPC's adapter must serve the request: it streams, or is too rare to justify its own
 * implementation.
 */
function needsAdapter(
  { req }: Incoming,
  { kind, query }: ParsedRequest,
  calls: readonly Call[],
): boolean {
  // The adapter's Web `Request` throws for TRACE. Reject it directly, since no call accepts it.
  if (req.method === 'TRACE') return false;
  if (isUploadType(kind)) return true;
  if (req.method === 'POST' ? isBodyRead(req) : req.method !== 'GET') return true;
  return (
    wantsStream(req) ||
    query.hasConnectionParams ||
    calls.some((call) => call.type === 'subscription')
  );
}

function smallestLimit({ options, bodyLimit }: Settings, calls: readonly Call[]): number {
  const { bodyLimitOf } = options;
  if (bodyLimitOf === undefined) return bodyLimit;
  return Math.min(...calls.map(({ path, meta }) => bodyLimitOf(path, meta) ?? bodyLimit));
}

function acceptsUpload(
  { options }: Settings,
  { path, meta, procedure }: Call,
  kind: MediaKind,
): boolean {
  if (procedure === undefined) return false;
  return options.uploadTypesOf?.(path, meta)?.some((type) => type === kind) ?? false;
}

function checkTypes(calls: readonly Call[]): void {
  if (calls.length === 1) return;
  const types = new Set(calls.map((call) => call.type));
  types.delete('unknown');
  if (types.size < 2) return;
  const message = `Cannot mix procedure types in call: ${[...types].join(', ')}`;
  throw new TRPCError({ code: 'BAD_REQUEST', message });
}

/** Finds a procedure if it is already loaded. */
function findProcedure(router: AnyTRPCRouter, path: string): AnyTRPCProcedure | undefined {
  const procedures: Readonly<Record<string, AnyTRPCProcedure | undefined>> = router._def.procedures;
  return procedures[path];
}

/** Loads the lazy router parts of the paths. Returns undefined if all are loaded. */
export function loadProcedures(
  router: AnyTRPCRouter,
  paths: readonly string[],
): Promise<unknown> | undefined {
  const missing = paths.filter(
    (path) => findProcedure(router, path) === undefined && lazyPart(router, path) !== undefined,
  );
  return missing.length === 0
    ? undefined
    : Promise.all(missing.map((path) => loadParts(router, path)));
}

async function loadParts(router: AnyTRPCRouter, path: string): Promise<void> {
  for (
    let part = lazyPart(router, path);
    part !== undefined && !findProcedure(router, path);
    part = lazyPart(router, path)
  ) {
    await part.load();
  }
}

function lazyPart({ _def }: AnyTRPCRouter, path: string) {
  for (const [key, part] of Object.entries(_def.lazy)) {
    if (path === key || path.startsWith(`${key}.`)) return part;
  }
  return undefined;
}
