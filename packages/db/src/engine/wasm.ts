import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

export type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The part of the standard used here: its types are only available in the DOM library. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** The engine panicked (Rust). Its memory must no longer be used. */
export class EnginePanic extends Error {
  override name = 'EnginePanic';
}

export interface EngineHost {
  module: EngineModule;
  /**
   * Awaits a call into the engine. Rejects with EnginePanic if it panics, because the call would
   * never settle.
   */
  guard<T>(call: () => Promise<T>): Promise<T>;
}

interface PanicRegistry {
  set_message(message: string): void;
}

declare global {
  /** Called by the engine before it panics. The name is fixed by Prisma. */
  var PRISMA_WASM_PANIC_REGISTRY: PanicRegistry | undefined;
}

let host: Promise<EngineHost> | null = null;

/** Loads Prisma's schema engine (WebAssembly) once per process. */
export function loadEngine(): Promise<EngineHost> {
  host ??= instantiate();
  return host;
}

async function instantiate(): Promise<EngineHost> {
  const file = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const module: EngineModule = await import(pathToFileURL(file).href);
  const bytes = await readFile(path.join(path.dirname(file), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': importsOf(module),
  });
  const panicked = new Promise<never>((_, reject) => {
    globalThis.PRISMA_WASM_PANIC_REGISTRY = {
      set_message: (message) => reject(new EnginePanic(message)),
    };
  });
  panicked.catch(() => undefined); // Observed only during a call.
  module.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  return { module, guard: (call) => guarded(call, panicked) };
}

/**
 * Returns the functions that the engine imports. Its timers must not keep the process alive: it
 * never clears the 10 s time limit of its lock.
 */
function importsOf(module: EngineModule): Record<string, unknown> {
  const functions = Object.entries(module).map(([name, value]): [string, unknown] => [
    name,
    name.startsWith('__wbg_setTimeout_') ? unreferenced : value,
  ]);
  return Object.fromEntries(functions);
}

const unreferenced = (callback: () => void, milliseconds: number) =>
  setTimeout(callback, milliseconds).unref();

async function guarded<T>(call: () => Promise<T>, panicked: Promise<never>): Promise<T> {
  try {
    return await Promise.race([panicked, call()]);
  } catch (error) {
    if (!isTrap(error)) throw error;
    // A trap follows every panic. Prefer the panic's message, if one was reported.
    throw await Promise.race([panicked, Promise.resolve(new EnginePanic(String(error)))]).catch(
      (panic: unknown) => panic,
    );
  }
}

/** True if WebAssembly trapped: `unreachable`, out of memory and similar. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}
