import { accessSync, chmodSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withPassword } from '../client/password.js';
import { embeddedAddress } from '../embedded/address.js';

const launcher = fileURLToPath(new URL('../../bin/schema-engine', import.meta.url));

function makeRunnable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755); // An archive of the repository may lose the file mode.
  }
}

const textOf = (env: NodeJS.ProcessEnv, name: string) => {
  const file = env[`${name}_FILE`];
  return env[name] || (file && readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
};

/**
 * Reads the operator's database address. It or its password may be in a file, as for the server.
 */
function addressOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const [url, password] = [textOf(env, name), textOf(env, 'DATABASE_PASSWORD')];
  const lacksPassword = url && URL.canParse(url) && new URL(url).password === '';
  return password && lacksPassword ? withPassword(url, password) : url;
}

/**
 * Prepares the environment of Prisma's CLI, for prisma.config.ts. Reads `.env`, selects our schema
 * engine unless the operator names one, and disables the CLI's update check. Returns the address of
 * the database: `DATABASE_DIRECT_URL`, `DATABASE_URL`, or the embedded one.
 */
export function prepareCliEnvironment(root: string): string {
  const { env } = process;
  const envFile = path.join(root, '.env');
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL']) {
    const url = addressOf(env, name);
    if (url) env[name] = url;
  }
  env.CHECKPOINT_DISABLE ??= '1';
  env.PRISMA_HIDE_UPDATE_MESSAGE ??= '1';
  env.SYNAP_DATA_DIR = path.resolve(root, env.SYNAP_DATA_DIR || '.data');

  const own = env.PRISMA_SCHEMA_ENGINE_BINARY;
  // Use the operator's own engine unchanged. For the embedded database, our launcher starts the
  // database first, then that engine.
  if (own && own !== launcher && !(env.DATABASE_DIRECT_URL || env.DATABASE_URL))
    env.SYNAP_NATIVE_SCHEMA_ENGINE = path.resolve(own);
  if (!own || env.SYNAP_NATIVE_SCHEMA_ENGINE) {
    makeRunnable(launcher);
    env.PRISMA_SCHEMA_ENGINE_BINARY = launcher;
  }
  return env.DATABASE_DIRECT_URL || env.DATABASE_URL || embeddedAddress(env.SYNAP_DATA_DIR);
}
