import { readFileSync } from 'node:fs';
import type { JsonSchema, JsonValue } from '@synap/module-sdk';
import { z } from 'zod';
import { propertiesOf } from './json-schema.js';
import { messageOf } from './message-of.js';
import type { ModuleAccess } from './module-info.js';
import { readText } from './text-values.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of one module, from environment variables. */
export interface ModuleEnvironment {
  /** `SYNAP_GIT_` for the module `git`. */
  readonly prefix: string;
  /**
   * Values by the rest of the variable's name (`REPOSITORIES`). An empty variable counts as absent.
   */
  readonly values: ReadonlyMap<string, string>;
  /** From `SYNAP_<ID>_ACCESS`; undefined if it is not set. */
  readonly access?: ModuleAccess | undefined;
  /** Error of `SYNAP_<ID>_ACCESS`, with the fix. */
  readonly fault?: string | undefined;
}

/**
 * First words of the product's own variables. A module named `admin` could read
 * `SYNAP_ADMIN_PASSWORD`.
 */
const reservedIds = new Set([
  'admin',
  'data',
  'env',
  'migrate',
  'modules',
  'role',
  'secret',
  'secrets',
]);
export const isReservedId = (id: string): boolean => reservedIds.has(id.split('-')[0] ?? id);

/** `maxItems` → `MAX_ITEMS`, `http-json` → `HTTP_JSON`. */
export const upperSnake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

/** Reads the settings of the module `id`. Pure: depends only on its arguments. */
export function moduleEnvironment(env: Environment, id: string): ModuleEnvironment {
  const prefix = `SYNAP_${upperSnake(id)}_`;
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(prefix) && value !== undefined && value.trim() !== '')
      values.set(name.slice(prefix.length), value.trim());
  }
  const access = values.get('ACCESS');
  values.delete('ACCESS');
  return { prefix, values, ...(access !== undefined && readAccess(access, `${prefix}ACCESS`)) };
}

function readAccess(text: string, variable: string): Pick<ModuleEnvironment, 'access' | 'fault'> {
  if (text === 'everyone' || text === 'superusers') return { access: { kind: text } };
  const emails = text.split(',').flatMap((part) => part.trim().toLowerCase() || []);
  const faulty = emails.find(
    (email) => !z.email({ pattern: z.regexes.html5Email }).safeParse(email).success,
  );
  if (emails.length > 0 && faulty === undefined) return { access: { kind: 'users', emails } };
  return {
    fault: `${variable}: "${faulty ?? text}" is not an e-mail address: use everyone, superusers or addresses separated by commas`,
  };
}

/** Names of the module's settings in variable form. */
const settingsOf = (schema: JsonSchema) =>
  new Set(Object.keys(propertiesOf(schema)).map(upperSnake));

/**
 * Replaces settings by the content of files: `SYNAP_<ID>_<KEY>_FILE` names the file of a secret,
 * unless the module has a setting of that name. Returns the errors of the files.
 */
export function readSettingFiles(
  env: ModuleEnvironment,
  schema: JsonSchema,
): { env: ModuleEnvironment; faults: string[] } {
  const known = settingsOf(schema);
  const values = new Map(env.values);
  const faults: string[] = [];
  for (const name of known) {
    const fileName = `${name}_FILE`;
    const file = env.values.get(fileName);
    if (file === undefined || known.has(fileName)) continue;
    const variable = env.prefix + fileName;
    if (env.values.has(name))
      faults.push(`${variable} is set beside ${env.prefix}${name}: remove one of them`);
    else {
      try {
        values.set(name, readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
      } catch (error) {
        faults.push(`${variable}: ${file} cannot be read: ${messageOf(error)}`);
      }
    }
  }
  return { env: { prefix: env.prefix, values, access: env.access, fault: env.fault }, faults };
}

/** Builds the module's configuration: parses each value as the type in its schema. */
export function configOf(
  { values }: ModuleEnvironment,
  schema: JsonSchema,
): Record<string, JsonValue> {
  const config: [string, JsonValue][] = [];
  for (const [key, property] of Object.entries(propertiesOf(schema))) {
    const value = values.get(upperSnake(key));
    if (value !== undefined) config.push([key, readText(value, property, ',')]);
  }
  return Object.fromEntries(config);
}

/** Variables that a module reads. */
export interface ModuleVariables {
  /** `SYNAP_GIT_` for the module `git`. */
  readonly prefix: string;
  /** Undefined if the module never started: its settings are unknown. */
  readonly names: readonly string[] | undefined;
}

/** Names all variables that the module `id` reads. Each setting may also come from a file. */
export function variablesOf(id: string, schema: JsonSchema | undefined): ModuleVariables {
  const { prefix } = moduleEnvironment({}, id);
  const names =
    schema && [...settingsOf(schema)].flatMap((name) => [prefix + name, `${prefix}${name}_FILE`]);
  return { prefix, names: names && [`${prefix}ACCESS`, ...names] };
}
