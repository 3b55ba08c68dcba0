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

export interface HandshakeOptions {
  readonly entry: string;
  readonly environment: Environment;
  /** Records the description. Returns the reason if the module may not have its id. */
  readonly onDescribed: (description: Description) => string | undefined;
}

/**
 * `failed`: a restart may succeed. `refused`: no restart will, until the operator changes
 * something.
 */
export type HandshakeResult =
  | { readonly kind: 'up'; readonly description: Description }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Loads, describes, checks and configures the module of a new process, so that it can serve calls.
 */
export async function handshake(
  process: ModuleProcess,
  { entry, environment, onDescribed }: HandshakeOptions,
): Promise<HandshakeResult> {
  const reply = await process.describe(entry);
  if (reply.kind === 'refused') return { kind: 'failed', reason: reply.reason };
  if (reply.kind === 'invalid-config')
    return { kind: 'failed', reason: 'Its process sent an unexpected message' };
  const { description } = reply;
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

/** Describes a validation error by the variable that the operator has to set. */
function faultOf({ path, message }: Issue, { prefix, values }: ModuleEnvironment): string {
  const [key, ...rest] = path;
  if (key === undefined) return message;
  const variable = prefix + upperSnake(String(key));
  if (!values.has(upperSnake(String(key)))) return `${variable} is not set: ${message}`;
  return `${variable}${rest.length > 0 ? ` (at ${rest.join('.')})` : ''}: ${message}`;
}
