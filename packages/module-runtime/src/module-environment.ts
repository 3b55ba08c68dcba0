import type { JsonSchema, JsonValue } from '@synap/module-sdk';
import { z } from 'zod';
import { propertiesOf } from './json-schema.js';
import type { ModuleAccess } from './module-info.js';
import { readText } from './text-values.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about one module. */
export interface ModuleEnvironment {
  /** `SYNAP_GIT_` for the module `git`. */
  readonly prefix: string;
  /** Values by the rest of the variable's name (`REPOSITORIES`); an empty variable counts as absent. */
  readonly values: ReadonlyMap<string, string>;
  /** From `SYNAP_<ID>_ACCESS`; undefined where it is not set. */
  readonly access?: ModuleAccess | undefined;
  /** What is wrong with `SYNAP_<ID>_ACCESS` and what to do. */
  readonly fault?: string | undefined;
}

/** The first words of the product's own variables: a module of that name would read `SYNAP_ADMIN_PASSWORD`. */
const reservedIds = new Set(['admin', 'data', 'env', 'migrate', 'modules', 'role', 'secret', 'secrets']);
export const isReservedId = (id: string): boolean => reservedIds.has(id.split('-')[0] ?? id);

/** `maxItems` → `MAX_ITEMS`, `http-json` → `HTTP_JSON`. */
export const upperSnake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();

/** Reads what the environment says about the module `id`. Pure: it looks at nothing but its arguments. */
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
  const faulty = emails.find((email) => !z.email().safeParse(email).success);
  if (emails.length > 0 && faulty === undefined) return { access: { kind: 'users', emails } };
  return {
    fault: `${variable}: "${faulty ?? text}" is no e-mail address; use everyone, superusers or addresses apart by commas`,
  };
}

/** The module's configuration as its environment gives it, each value read as what the schema says of it. */
export function configOf({ values }: ModuleEnvironment, schema: JsonSchema): Record<string, JsonValue> {
  const config: [string, JsonValue][] = [];
  for (const [key, property] of Object.entries(propertiesOf(schema))) {
    const value = values.get(upperSnake(key));
    if (value !== undefined) config.push([key, readText(value, property, ',')]);
  }
  return Object.fromEntries(config);
}

/** Variables that look meant for the module and are none of its settings: a typing error, most likely. */
export function unknownVariables({ prefix, values }: ModuleEnvironment, schema: JsonSchema): string[] {
  const known = new Set(Object.keys(propertiesOf(schema)).map(upperSnake));
  return [...values.keys()].filter((name) => !known.has(name)).map((name) => prefix + name);
}
