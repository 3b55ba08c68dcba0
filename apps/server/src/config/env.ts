import { isIP } from 'node:net';
import path from 'node:path';
import { emailSchema, hasLocalDomain } from '@synap/contracts';
import { connectionOf, DatabaseAddressError, schemaOf } from '@synap/db';
import {
  checkPassword,
  hasKnownPassword,
  isExampleSecret,
  minPassphraseLength,
  validateSecrets,
} from '@synap/security';
import { z } from 'zod';
import { isSchedule } from '../backup/schedule.js';
import { normalizePublicUrl, publicUrlFault } from './public-url.js';
import { readSecretFiles, secretFileNames } from './secret-files.js';

const blankIsAbsent = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());
const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) =>
  z.preprocess((given) => blankIsAbsent(given) ?? value, schema);
const list = withDefault(
  z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
  '',
);
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
const decimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number)
  .pipe(z.number().min(1, 'must be at least 1'));
const oneOf = <const T extends readonly string[]>(
  values: T,
  text = `must be one of: ${values.join(', ')}`,
) => z.enum(values, text);
const onOff = oneOf(['on', 'off', 'true', 'false', '1', '0'], 'must be on or off').transform(
  (text) => ['on', 'true', '1'].includes(text),
);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const publicUrl = httpUrl.transform((url, ctx) => {
  const message = publicUrlFault(url);
  if (message === undefined) return normalizePublicUrl(url);
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/**
 * `https://<public key>@<host>/<project>`,
 * https://develop.sentry.dev/sdk/foundations/transport/authentication/
 */
function isDsn(text: string): boolean {
  try {
    const { protocol, username, password, pathname, search, hash } = new URL(text);
    const bare = password === '' && search === '' && hash === '';
    return /^https?:$/.test(protocol) && /^\w+$/.test(username) && /\/\d+$/.test(pathname) && bare;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}

const schema = z.object({
  SYNAP_ENV: withDefault(oneOf(['local', 'staging', 'production']), 'local'),
  SYNAP_ROLE: withDefault(oneOf(['all', 'server', 'worker']), 'all'),
  SYNAP_DATA_DIR: withDefault(z.string(), '.data'),
  SYNAP_MIGRATE: withDefault(onOff, 'on'),
  SYNAP_ADMIN_EMAIL: withDefault(
    z.string().refine((text) => emailSchema.safeParse(text).success, 'must be an e-mail address'),
    'admin@example.com',
  ),
  SYNAP_ADMIN_PASSWORD: optional(z.string()),
  SYNAP_MODULES_DIR: optional(z.string()),
  SYNAP_PRIVATE_API: withDefault(onOff, 'off'),
  HOST: optional(z.string()),
  PORT: withDefault(wholeNumber(0, 65_535), '3000'),
  HTTP_MAX_CONNECTIONS: withDefault(wholeNumber(1, 1_000_000), '10000'),
  SHUTDOWN_DELAY: optional(wholeNumber(0, 300)),
  PUBLIC_URL: optional(publicUrl),
  DATABASE_URL: optional(
    z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }),
  ),
  DATABASE_DIRECT_URL: optional(
    z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }),
  ),
  DATABASE_POOLER: withDefault(oneOf(['none', 'session', 'transaction']), 'none'),
  DATABASE_POOL_SIZE: withDefault(wholeNumber(1, 200), '10'),
  ACCESS_TOKEN_SECRET: optional(z.string()),
  REFRESH_TOKEN_SECRET: optional(z.string()),
  ENCRYPTION_SECRET: optional(z.string()),
  SMTP_URL: optional(z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' })),
  SMTP_TLS: withDefault(oneOf(['required', 'optional']), 'required'),
  MAIL_FROM: withDefault(
    z.string().regex(/^[^\r\n@]*[^\s@]@[^\s@][^\r\n]*$/, 'must hold an e-mail address'),
    'Synap <synap@localhost>',
  ),
  SIGNUP: withDefault(oneOf(['open', 'invite', 'closed']), 'closed'),
  VERIFY_EMAIL: optional(oneOf(['required', 'off'])),
  PASSWORD_GRANT: withDefault(onOff, 'off'),
  CORS_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be a comma-separated list of origins such as https://app.example.com; "*" is not allowed, because responses carry credentials',
  ),
  TRUST_PROXY: list.refine(
    (networks) => networks.every(isNetwork),
    'must be a comma-separated list of addresses or CIDR networks; not "true", and not a network of all addresses',
  ),
  DOCS_ENABLED: optional(onOff),
  METRICS_TOKEN: optional(z.string().min(16, 'must have at least 16 characters')),
  METRICS_PORT: optional(wholeNumber(0, 65_535)),
  RATE_LIMIT_FACTOR: withDefault(decimal, '1'),
  REDIS_URL: optional(
    z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }),
  ),
  SENTRY_DSN: optional(
    z
      .string()
      .trim()
      .refine(
        isDsn,
        'must be a DSN such as https://<public key>@sentry.example.org/<project number>',
      ),
  ),
  BACKUP_DIR: optional(z.string()),
  BACKUP_SCHEDULE: withDefault(
    z
      .string()
      .refine(isSchedule, 'must be a cron expression of five fields such as "0 3 * * *", in UTC'),
    '0 3 * * *',
  ),
  BACKUP_KEEP: withDefault(wholeNumber(1, 10_000), '14'),
  BACKUP_PASSPHRASE: optional(
    z.string().min(minPassphraseLength, `must have at least ${minPassphraseLength} characters`),
  ),
  LOG_LEVEL: withDefault(
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info',
  ),
});

/** Names of all settings and their `_FILE` variants. Excludes the settings of modules. */
export const settingNames: readonly string[] = [...Object.keys(schema.shape), ...secretFileNames];

type Raw = z.output<typeof schema>;

/** Thrown at start. Its message lists every invalid setting. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly faults: string[]) {
    super(
      `These settings are invalid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nSee .env.example for what each variable means.`,
    );
  }
}

/** URLs that contain the password of a service. */
const serviceNames = ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'REDIS_URL', 'SMTP_URL'] as const;
const secretNames = ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET', 'ENCRYPTION_SECRET'] as const;

/** Validates rules that involve several variables. */
function crossFieldErrors(raw: Raw): { name: string; message: string }[] {
  const faults: { name: string; message: string }[] = [];
  const check = (right: boolean, name: string, message: string) =>
    void (right || faults.push({ name, message }));
  const production = raw.SYNAP_ENV === 'production';
  check(
    !production || raw.PUBLIC_URL !== undefined,
    'PUBLIC_URL',
    'is required in production: links must not depend on the Host header',
  );
  check(
    !production || raw.RATE_LIMIT_FACTOR === 1,
    'RATE_LIMIT_FACTOR',
    'is for load tests and not allowed in production',
  );
  for (const name of serviceNames) {
    check(
      !production || raw[name] === undefined || !hasKnownPassword(raw[name]),
      name,
      'contains a well-known password, which is not allowed in production: set another password for that user of the service ("openssl rand -hex 32") and write it here',
    );
  }
  check(
    !production || raw.METRICS_TOKEN === undefined || !isExampleSecret(raw.METRICS_TOKEN),
    'METRICS_TOKEN',
    'is a well-known example, not a secret: create one with "openssl rand -base64 32"',
  );
  check(
    !raw.SYNAP_PRIVATE_API || raw.SYNAP_ENV === 'local',
    'SYNAP_PRIVATE_API',
    'creates accounts without authentication: it is allowed with SYNAP_ENV=local only',
  );
  check(
    raw.METRICS_PORT === undefined || raw.METRICS_PORT === 0 || raw.METRICS_PORT !== raw.PORT,
    'METRICS_PORT',
    'must differ from PORT: metrics have a separate listener',
  );
  for (const name of secretNames) {
    check(
      raw.SYNAP_ENV === 'local' || raw[name] !== undefined,
      name,
      'is required outside local: create one with "openssl rand -base64 32"',
    );
  }
  check(
    raw.SYNAP_ENV === 'local' || !hasLocalDomain(raw.SYNAP_ADMIN_EMAIL),
    'SYNAP_ADMIN_EMAIL',
    'must have a domain with a dot outside local',
  );
  faults.push(...databaseFaults(raw));
  // Applies the password policy now; otherwise creating the superuser would fail later.
  if (raw.SYNAP_ADMIN_PASSWORD !== undefined) {
    const context = { productName: 'Synap', email: raw.SYNAP_ADMIN_EMAIL };
    for (const { message } of checkPassword(raw.SYNAP_ADMIN_PASSWORD, context))
      faults.push({ name: 'SYNAP_ADMIN_PASSWORD', message });
  }
  const given = secretNames.flatMap((name): [string, string][] =>
    raw[name] === undefined ? [] : [[name, raw[name]]],
  );
  return [...faults, ...validateSecrets(Object.fromEntries(given))];
}

/** Rejects malformed database URLs and combinations that would fail at the first call. */
function databaseFaults(raw: Raw): { name: string; message: string }[] {
  const { DATABASE_URL: url, DATABASE_DIRECT_URL: direct, DATABASE_POOLER: pooler } = raw;
  const faults: { name: string; message: string }[] = [];
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const) {
    try {
      if (raw[name] !== undefined) connectionOf(raw[name]);
    } catch (error) {
      if (!(error instanceof DatabaseAddressError)) throw error;
      faults.push({ name, message: error.message });
    }
  }
  if (faults.length > 0) return faults;
  if (url === undefined) {
    const needsUrl = 'needs DATABASE_URL: the embedded PostgreSQL has no pooler';
    if (direct !== undefined) faults.push({ name: 'DATABASE_DIRECT_URL', message: needsUrl });
    if (pooler !== 'none') faults.push({ name: 'DATABASE_POOLER', message: needsUrl });
    return faults;
  }
  if (pooler === 'transaction' && direct === undefined)
    faults.push({
      name: 'DATABASE_DIRECT_URL',
      message:
        'is required with DATABASE_POOLER=transaction: migrations, notifications and the job queue need exclusive sessions; set it to the address of PostgreSQL itself, or of a pooler in session mode',
    });
  if (pooler !== 'transaction' && new URL(url).searchParams.get('pgbouncer') === 'true')
    faults.push({
      name: 'DATABASE_POOLER',
      message: 'must be "transaction", because DATABASE_URL contains pgbouncer=true',
    });
  if (direct !== undefined && schemaOf(direct) !== schemaOf(url))
    faults.push({
      name: 'DATABASE_DIRECT_URL',
      message: 'must name the same ?schema= as DATABASE_URL',
    });
  return faults;
}

function toEnvironment(raw: Raw) {
  const local = raw.SYNAP_ENV === 'local';
  const environment = raw.SYNAP_ENV;
  return {
    environment,
    role: raw.SYNAP_ROLE,
    dataDir: path.resolve(raw.SYNAP_DATA_DIR),
    migrate: raw.SYNAP_MIGRATE,
    admin: { email: raw.SYNAP_ADMIN_EMAIL.toLowerCase(), password: raw.SYNAP_ADMIN_PASSWORD },
    modulesDir: raw.SYNAP_MODULES_DIR && path.resolve(raw.SYNAP_MODULES_DIR),
    host: raw.HOST ?? (local ? '127.0.0.1' : '0.0.0.0'),
    port: raw.PORT,
    maxConnections: raw.HTTP_MAX_CONNECTIONS,
    publicUrl: raw.PUBLIC_URL,
    database: {
      url: raw.DATABASE_URL,
      /** Address with exclusive sessions: PostgreSQL itself, or a pooler in session mode. */
      directUrl: raw.DATABASE_DIRECT_URL ?? raw.DATABASE_URL,
      pooler: raw.DATABASE_POOLER,
      poolSize: raw.DATABASE_POOL_SIZE,
    },
    secrets: {
      access: raw.ACCESS_TOKEN_SECRET,
      refresh: raw.REFRESH_TOKEN_SECRET,
      encryption: raw.ENCRYPTION_SECRET,
    },
    smtpUrl: raw.SMTP_URL,
    smtpTls: raw.SMTP_TLS,
    mailFrom: raw.MAIL_FROM,
    signup: raw.SIGNUP,
    /** Off without SMTP, because no one could verify an address. */
    verifyEmail:
      raw.VERIFY_EMAIL === undefined ? raw.SMTP_URL !== undefined : raw.VERIFY_EMAIL === 'required',
    corsOrigins:
      local && raw.CORS_ORIGINS.length === 0
        ? ['http://localhost:5173', 'http://127.0.0.1:5173']
        : raw.CORS_ORIGINS,
    trustProxy: raw.TRUST_PROXY,
    passwordGrant: raw.PASSWORD_GRANT,
    docs: raw.DOCS_ENABLED ?? environment !== 'production',
    metricsToken: raw.METRICS_TOKEN,
    metricsPort: raw.METRICS_PORT,
    privateApi: raw.SYNAP_PRIVATE_API,
    rateLimitFactor: raw.RATE_LIMIT_FACTOR,
    redisUrl: raw.REDIS_URL,
    sentryDsn: raw.SENTRY_DSN,
    backup: {
      dir: raw.BACKUP_DIR && path.resolve(raw.BACKUP_DIR),
      schedule: raw.BACKUP_SCHEDULE,
      keep: raw.BACKUP_KEEP,
      passphrase: raw.BACKUP_PASSPHRASE,
    },
    logLevel: raw.LOG_LEVEL,
    /**
     * Milliseconds between failing readiness and closing the listener, so that load balancers
     * drain.
     */
    shutdownDelay: (raw.SHUTDOWN_DELAY ?? (local ? 0 : 5)) * 1000,
  };
}

export type Environment = ReturnType<typeof toEnvironment>;

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
  const raw =
    parsed.data ??
    schema.parse(
      Object.fromEntries(Object.entries(variables).filter(([name]) => !invalid.has(name))),
    );
  const crossField = crossFieldErrors(raw).filter(({ name }) => !invalid.has(name));
  const faults = [
    ...fileFaults,
    ...issues.map(({ path: [name], message }) => ({ name, message })),
    ...crossField,
  ];
  return {
    environment: toEnvironment(raw),
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

/** Public URL of the service, without a trailing slash. Never derived from the `Host` header. */
export function originOf({ publicUrl, host, port }: Environment, listening = port): string {
  if (publicUrl) return publicUrl;
  const everywhere = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  return `http://${everywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host}:${listening}`;
}
