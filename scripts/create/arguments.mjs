import { parseArgs } from 'node:util';
import { fail } from './run.mjs';

/** Returns the only argument as `name`, and the options. Exits if the arguments are wrong. */
export function readArguments(usage, options = {}) {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [name, ...others] = positionals;
    if (name === undefined || others.length > 0) return fail(usage);
    return { ...values, name };
  } catch (error) {
    return fail(`${error.message}\n${usage}`);
  }
}
