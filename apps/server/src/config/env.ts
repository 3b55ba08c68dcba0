import { z } from 'zod';
import { readSecretFiles, secretFileNames } from './secret-files.js';
import { backupShape, readBackup } from './settings/backup.js';
import { databaseFaults, databaseShape, readDatabase } from './settings/database.js';
import { httpFaults, httpShape, readHttp } from './settings/http.js';
import { identityFaults, identityShape, readIdentity } from './settings/identity.js';
import { installationShape, readInstallation } from './settings/installation.js';
import { limitsFaults, limitsShape, readLimits } from './settings/limits.js';
import { mailFaults, mailShape, readMail } from './settings/mail.js';
import { modulesShape, readModules } from './settings/modules.js';
import {
  observabilityFaults,
  observabilityShape,
  readObservability,
} from './settings/observability.js';
import type { SettingFault } from './settings/schemas.js';

const schema = z.object({
  ...installationShape,
  ...httpShape,
  ...databaseShape,
  ...identityShape,
  ...mailShape,
  ...limitsShape,
  ...observabilityShape,
  ...backupShape,
  ...modulesShape,
});

type Settings = z.output<typeof schema>;

/** Names of all settings and their `_FILE` variants. Excludes the settings of modules. */
export const settingNames: readonly string[] = [...Object.keys(schema.shape), ...secretFileNames];

/** Validates rules that involve several settings. */
const crossFieldFaults = (settings: Settings): SettingFault[] => [
  ...httpFaults(settings),
  ...databaseFaults(settings),
  ...identityFaults(settings),
  ...mailFaults(settings),
  ...limitsFaults(settings),
  ...observabilityFaults(settings),
];

const toEnvironment = (settings: Settings) => ({
  ...readInstallation(settings),
  ...readHttp(settings),
  ...readDatabase(settings),
  ...readIdentity(settings),
  ...readMail(settings),
  ...readLimits(settings),
  ...readObservability(settings),
  ...readBackup(settings),
  ...readModules(settings),
});

export type Environment = ReturnType<typeof toEnvironment>;

/** Thrown at start. Its message lists every invalid setting. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly faults: string[]) {
    super(
      `These settings are invalid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nSee .env.example for what each variable means.`,
    );
  }
}

export interface EnvironmentReading {
  /** Invalid variables have their defaults. */
  environment: Environment;
  faults: string[];
}

/** Reads the environment and collects every invalid setting. */
export function readEnvironment(given: Record<string, string | undefined>): EnvironmentReading {
  const { variables, faults: fileFaults } = readSecretFiles(given);
  const parsed = schema.safeParse(variables);
  const issues = parsed.error?.issues ?? [];
  const invalid = new Set([
    ...issues.map((issue) => String(issue.path[0])),
    ...fileFaults.map(({ variable }) => variable),
  ]);
  // Every variable is optional, so the valid ones can always be parsed.
  const settings =
    parsed.data ??
    schema.parse(
      Object.fromEntries(Object.entries(variables).filter(([name]) => !invalid.has(name))),
    );
  const crossField = crossFieldFaults(settings).filter(({ name }) => !invalid.has(name));
  const faults = [
    ...fileFaults,
    ...issues.map(({ path: [name], message }) => ({ name, message })),
    ...crossField,
  ];
  return {
    environment: toEnvironment(settings),
    faults: faults.map(({ name, message }) => `${String(name)}: ${message}`),
  };
}

/**
 * Parses the environment of a command.
 *
 * @throws EnvironmentError listing every invalid setting.
 */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const { environment, faults } = readEnvironment(variables);
  if (faults.length > 0) throw new EnvironmentError(faults);
  return environment;
}
