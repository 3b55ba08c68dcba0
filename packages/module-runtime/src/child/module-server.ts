import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  type LoadableModule,
  moduleBrand,
  type OpenedModule,
  SDK_VERSION,
} from '@synap/module-sdk';
import type { FromModuleOnWire, ToModule } from '../protocol/messages.js';
import { createCalls } from './calls.js';
import { defaultOf } from './default-export.js';
import { describeError, outgoingIssues } from './outgoing.js';
import { startWatchdog } from './start-watchdog.js';

export interface ModuleServer {
  receive(message: ToModule): void;
}

type Start = Extract<ToModule, { kind: 'start' }>;

/**
 * Serves one module over `send`. An error in here ends the process; the server reports the reason.
 */
export function createModuleServer(
  send: (message: FromModuleOnWire) => Promise<void>,
): ModuleServer {
  let loaded: LoadableModule | undefined;
  let opened: OpenedModule | undefined;
  let dataBytes = 0;
  const calls = createCalls(send, () => ({ module: opened, dataBytes }));

  async function start(message: Start): Promise<void> {
    dataBytes = message.dataBytes;
    await startWatchdog(message.memoryMegabytes);
    const found = await importModule(message.entry);
    if (typeof found === 'string') return void send({ kind: 'refused', reason: found });
    loaded = found;
    const { widgets, ...description } = loaded.describe();
    void send({ kind: 'described', description: { ...description, widgets: [...widgets] } });
  }

  async function configure(config: unknown): Promise<void> {
    const result = await loaded?.open(config);
    if (result?.kind === 'opened') {
      opened = result.module;
      void send({ kind: 'configured' });
    } else {
      void send({ kind: 'invalid-config', issues: outgoingIssues(result?.issues ?? []) });
    }
  }

  const reject = (error: unknown) => void send({ kind: 'refused', reason: describeError(error) });
  return {
    receive(message) {
      if (message.kind === 'start') start(message).catch(reject);
      else if (message.kind === 'configure') configure(message.config).catch(reject);
      else calls.receive(message);
    },
  };
}

/** Returns the package's default export, or the reason why it is not a module. */
async function importModule(entry: string): Promise<LoadableModule | string> {
  if (!bringsOwnSdk(entry)) register('./own-sdk-hooks.js', import.meta.url);
  const { default: exported }: { default?: unknown } = await import(pathToFileURL(entry).href);
  const found = defaultOf(exported);
  if (typeof found !== 'object' || found === null || !(moduleBrand in found)) {
    return 'Its default export is not a module: export default defineModule({ … }) from "@synap/module-sdk"';
  }
  const version = found[moduleBrand];
  if (!isLoadable(found))
    return `It was built with version ${String(version)} of the SDK; this server supports version ${SDK_VERSION}`;
  return found;
}

/** True if the package can resolve the SDK itself; one copied into the modules folder may not. */
function bringsOwnSdk(entry: string): boolean {
  try {
    createRequire(entry).resolve('@synap/module-sdk');
    return true;
  } catch {
    return false;
  }
}

/** The brand guarantees the shape; only its version has to be checked. */
function isLoadable(found: object): found is LoadableModule {
  return moduleBrand in found && found[moduleBrand] === SDK_VERSION;
}
