import type { Issue } from '@synap/module-sdk';
import {
  configOf,
  type Environment,
  isReservedId,
  type ModuleEnvironment,
  moduleEnvironment,
  readSettingFiles,
  upperSnake,
} from '../module-environment.js';
import type { ModuleProcess } from '../process/module-process.js';
import type { Description } from '../protocol/messages.js';

export interface SetUpOptions {
  readonly entry: string;
  readonly environment: Environment;
  /** Takes note of the description; answers why the module may not have its id, if so. */
  readonly onDescribed: (description: Description) => string | undefined;
}

/**
 * `failed`: another start may succeed; `refused`: none will, until the operator changes something.
 */
export type HandshakeResult =
  | { readonly kind: 'up'; readonly description: Description }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Takes a fresh process to where it answers calls: the module loaded, described, allowed and
 * configured.
 */
export async function handshake(
  process: ModuleProcess,
  { entry, environment, onDescribed }: SetUpOptions,
): Promise<HandshakeResult> {
  const told = await process.describe(entry);
  if (told.kind === 'refused') return { kind: 'failed', reason: told.reason };
  if (told.kind === 'invalid-config')
    return { kind: 'failed', reason: 'Its process answered out of turn' };
  const { description } = told;
  const env = moduleEnvironment(environment, description.id);
  const reserved = isReservedId(description.id)
    ? `The id "${description.id}" would read the server's own ${env.prefix}… variables: choose another`
    : undefined;
  const reason = onDescribed(description) ?? reserved ?? env.fault;
  if (reason !== undefined) return { kind: 'refused', reason };

  const { env: whole, faults } = readSettingFiles(env, description.configSchema);
  if (faults.length > 0)
    return {
      kind: 'refused',
      reason: `${faults.join('; ')}. Correct it and start the server again`,
    };
  const configured = await process.configure(configOf(whole, description.configSchema));
  if (configured.kind === 'configured') return { kind: 'up', description };
  if (configured.kind === 'refused') return { kind: 'failed', reason: configured.reason };
  return {
    kind: 'refused',
    reason: `${configured.issues.map((issue) => faultOf(issue, whole)).join('; ')}. Correct it and start the server again`,
  };
}

/** One fault of the configuration, by the name of the variable that the operator has to set. */
function faultOf({ path, message }: Issue, { prefix, values }: ModuleEnvironment): string {
  const [key, ...rest] = path;
  if (key === undefined) return message;
  const variable = prefix + upperSnake(String(key));
  if (!values.has(upperSnake(String(key)))) return `${variable} is not set: ${message}`;
  return `${variable}${rest.length > 0 ? ` (at ${rest.join('.')})` : ''}: ${message}`;
}
