import { moduleBrand } from '@synap/module-sdk';

/**
 * Returns the module itself. CommonJS that was transpiled from an ES module holds it in
 * `exports.default`: Node.js imports all of `exports` as the default, and tsx unwraps it.
 */
export function defaultOf(exported: unknown): unknown {
  const isTranspiled =
    typeof exported === 'object' &&
    exported !== null &&
    !(moduleBrand in exported) &&
    'default' in exported;
  return isTranspiled ? exported.default : exported;
}
