import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, property } from '../thrown.js';
import { readArguments } from './arguments.js';
import { runCommand } from './commands.js';
import { runNativeEngine } from './native.js';
import { codeOf, logLine, rpcError } from './reports.js';
import { createEngineSession, type EngineSession } from './session.js';
import { createTarget, type Target } from './target.js';
import { EnginePanic, loadEngine } from './wasm.js';

/** Exit code that the CLI interprets as a panic of the engine. */
const panicCode = 101;
/** Request id for asking the CLI to print. The CLI's response to it is ignored. */
const printId = 1_000_000;

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

interface Request {
  id: number;
  method: string;
  params?: unknown;
}

function isRequest(message: unknown): message is Request {
  return (
    typeof message === 'object' &&
    message !== null &&
    'id' in message &&
    'method' in message &&
    typeof message.method === 'string'
  );
}

/** Returns text that the CLI must print in addition; `null` if there is none. */
function additionalOutput(method: string, result: unknown): string | null {
  if (method === 'diff') {
    const text = property(result, 'stdout');
    return typeof text === 'string' ? text : null;
  }
  // The CLI reports such a database as up to date and omits migrations unknown to the folder.
  const history = method === 'diagnoseMigrationHistory' ? property(result, 'history') : undefined;
  const names = property(history, 'unpersistedMigrationNames');
  if (property(history, 'diagnostic') !== 'migrationsDirectoryIsBehind' || !Array.isArray(names))
    return null;
  return `\nThe database has migrations of a newer version:\n${names.join('\n')}`;
}

interface Conversation {
  serve(): Promise<void>;
  /** Rejects the pending request, if any, after the engine broke outside a call. */
  abort(error: unknown): void;
}

/**
 * Serves requests over stdin and stdout. Reports a panic as a response and keeps running until the
 * CLI ends it. If the process exited first, the CLI would exit with 0, as after success.
 */
function createConversation(session: EngineSession): Conversation {
  let pending: number | null = null;

  function respondWithError(id: number, error: unknown): void {
    pending = null;
    if (error instanceof EnginePanic) process.exitCode = panicCode;
    send({ id, error: rpcError(error) });
  }

  async function respond({ id, method, params }: Request): Promise<void> {
    pending = id;
    try {
      const result = await session.call(method, params);
      const content = additionalOutput(method, result);
      if (content !== null) send({ id: printId, method: 'print', params: { content } });
      send({ id, result: result ?? null });
      pending = null;
    } catch (error) {
      if (pending === id) respondWithError(id, error);
    }
  }

  return {
    async serve() {
      for await (const line of createInterface({
        input: process.stdin,
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        const message: unknown = JSON.parse(line);
        if (isRequest(message)) await respond(message);
      }
    },
    abort: (error) => {
      if (pending !== null) respondWithError(pending, new EnginePanic(messageOf(error)));
    },
  };
}

async function command(name: string, target: Target): Promise<number> {
  try {
    await runCommand(name, await target.url());
    return 0;
  } catch (error) {
    // The CLI ignores the first line.
    process.stderr.write(logLine('INFO', { message: `schema engine command ${name}` }));
    process.stderr.write(
      logLine('ERROR', {
        message: messageOf(error),
        error_code: codeOf(error) ?? 'P1001',
        is_panic: false,
      }),
    );
    return 1;
  }
}

/**
 * Stops the database on a signal. The CLI closes stdin and sends SIGTERM at once, and an embedded
 * database that we started must still be stopped.
 */
function onSignal(leave: () => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void leave().finally(() => process.exit()));
}

/** Prints the version as the native engine does: name and commit. */
async function printVersion(): Promise<void> {
  const { module } = await loadEngine();
  console.log(`schema-engine-cli ${module.version()}`);
}

async function main(): Promise<void> {
  if (process.argv.includes('--version')) return printVersion();
  const args = readArguments(process.argv.slice(2));
  const target = createTarget(args.url, process.env.SYNAP_DATA_DIR);
  const native = process.env.SYNAP_NATIVE_SCHEMA_ENGINE;
  if (native) process.exitCode = await runNativeEngine(native, target, onSignal);
  else if (args.command !== null)
    process.exitCode = await command(args.command, target).finally(() => target.release());
  else await converse(args.datamodels, target);
}

async function converse(datamodels: string[], target: Target): Promise<void> {
  const session = createEngineSession(datamodels, target, (line) => process.stderr.write(line));
  let leaving: Promise<void> | null = null;
  const leave = () => {
    // Wait two seconds at most: a running statement blocks the connection. Releasing the target
    // then ends it.
    leaving ??= Promise.race([session.close(), delay(2_000)]).finally(() => target.release());
    return leaving;
  };
  onSignal(leave);
  const conversation = createConversation(session);
  process.on('uncaughtException', conversation.abort);
  await conversation.serve().finally(leave);
}

await main();
process.exit();
