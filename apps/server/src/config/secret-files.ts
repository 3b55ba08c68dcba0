import { readFileSync } from 'node:fs';
import { withPassword } from '@synap/db';

/**
 * Variables that hold secrets. Each may be set by a file named in `<variable>_FILE`, as with
 * Docker, Kubernetes and systemd.
 */
const secretVariables = [
  'ACCESS_TOKEN_SECRET',
  'REFRESH_TOKEN_SECRET',
  'ENCRYPTION_SECRET',
  'DATABASE_URL',
  'DATABASE_PASSWORD',
  'SMTP_URL',
  'DATABASE_DIRECT_URL',
  'REDIS_URL',
  'METRICS_TOKEN',
  'SENTRY_DSN',
  'SYNAP_ADMIN_PASSWORD',
  'BACKUP_PASSPHRASE',
];

/** Further variables that are read besides the settings. */
export const secretFileNames = [
  'DATABASE_PASSWORD',
  ...secretVariables.map((name) => `${name}_FILE`),
];

type Variables = Record<string, string | undefined>;

interface FileFault {
  /** Variable to show in the message. */
  name: string;
  /** Variable that lacks a value because of it. */
  variable: string;
  message: string;
}

const isSet = (value: string | undefined): value is string =>
  value !== undefined && value.trim() !== '';

/** Reads a secret file without the trailing newline of editors and `echo`. */
export const readSecretFile = (file: string): string =>
  readFileSync(file, 'utf8').replace(/\r?\n$/, '');

/**
 * Sets variables from secret files, and inserts DATABASE_PASSWORD into database URLs without a
 * password.
 */
export function readSecretFiles(given: Variables): { variables: Variables; faults: FileFault[] } {
  const variables = Object.fromEntries(Object.entries(given));
  const faults: FileFault[] = [];
  for (const variable of secretVariables) {
    const name = `${variable}_FILE`;
    const file = given[name];
    if (!isSet(file)) continue;
    if (isSet(given[variable])) {
      faults.push({
        name,
        variable,
        message: `is set together with ${variable}: remove one of them`,
      });
      continue;
    }
    try {
      variables[variable] = readSecretFile(file);
      if (!isSet(variables[variable])) faults.push({ name, variable, message: `${file} is empty` });
    } catch (error) {
      faults.push({
        name,
        variable,
        message: `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return { variables, faults: [...faults, ...insertPassword(variables)] };
}

function insertPassword(variables: Variables): FileFault[] {
  const { DATABASE_URL: url, DATABASE_PASSWORD: password } = variables;
  if (!isSet(password)) return [];
  const fault = (message: string) => [
    { name: 'DATABASE_PASSWORD', variable: 'DATABASE_URL', message },
  ];
  if (!isSet(url)) return fault('is set without DATABASE_URL: set it, too');
  // The schema reports an invalid URL.
  if (!URL.canParse(url)) return [];
  if (new URL(url).password !== '')
    return fault('is set, but DATABASE_URL holds a password already: remove one of them');
  variables.DATABASE_URL = withPassword(url, password);
  const { DATABASE_DIRECT_URL: direct } = variables;
  if (isSet(direct) && URL.canParse(direct) && new URL(direct).password === '')
    variables.DATABASE_DIRECT_URL = withPassword(direct, password);
  return [];
}
