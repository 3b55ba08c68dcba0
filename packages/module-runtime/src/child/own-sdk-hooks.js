// @ts-check
/**
 * Resolves the SDK and zod from the server for a module without its own `node_modules`. JavaScript,
 * because the loader's thread does not inherit the loader of the other sources.
 */
const shared = /^(@synap\/module-sdk|zod)(\/|$)/;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!shared.test(specifier)) throw error;
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
}
