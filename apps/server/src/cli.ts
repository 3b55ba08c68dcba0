#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = `Usage: synap <command>

  start     start the server and the worker
  seed      add the development data of prisma/seed.yaml to the database
  doctor    check settings, machine and services, and print how to fix each problem
  outbox    list the mails that were written to the data folder; with a number, show one
  secrets   with "rotate", re-encrypt stored secrets with the first key of ENCRYPTION_SECRET
  backup    write all data to a file, or with - to standard output; also while the server runs
  restore   load a backup into an empty installation
  upgrade   with --check, print what an upgrade to this version will do
  openapi   print the OpenAPI document; with --spec 3.0 for tools without support for 3.1

backup and restore take --passphrase-file <file> (or BACKUP_PASSPHRASE) to seal the secrets into the backup and to open them.
Settings come from the environment and from a .env file; .env.example documents each.
`;

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      spec: { type: 'string', default: '3.1' },
      'passphrase-file': { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
}

/** Prints an error and the usage. */
function printUsageError(message: string): number {
  process.stderr.write(`${message}\n\n${usage}`);
  return 2;
}

const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

async function main(): Promise<number> {
  const { positionals, values } = readArguments();
  const [command = 'help'] = positionals;
  if (values.help || command === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  switch (command) {
    case 'start':
      return (await import('./commands/start.js')).start(process.env);
    case 'seed':
      return (await import('./commands/seed.js')).seed(process.env);
    case 'doctor':
      return (await import('./commands/doctor.js')).doctor(process.env);
    case 'outbox':
      return (await import('./commands/outbox.js')).outbox(process.env, positionals[1]);
    case 'secrets':
      return (await import('./commands/secrets.js')).secrets(process.env, positionals[1]);
    case 'backup':
      return (await import('./commands/backup.js')).backup(
        process.env,
        positionals[1],
        values['passphrase-file'],
      );
    case 'restore':
      return (await import('./commands/restore.js')).restore(
        process.env,
        positionals[1],
        values['passphrase-file'],
      );
    case 'upgrade':
      return (await import('./commands/upgrade.js')).upgrade(process.env, values.check);
    case 'openapi':
      return (await import('./commands/openapi.js')).openapi(values.spec);
    default:
      return printUsageError(`Unknown command "${command}".`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (isArgumentError(error)) {
    // Omits Node's advice about arguments that start with a dash.
    process.exitCode = printUsageError(error.message.split('. ')[0] ?? error.message);
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
