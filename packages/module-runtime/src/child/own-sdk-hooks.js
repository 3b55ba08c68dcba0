// @ts-check
/**
 * Lets a module without a `node_modules` of its own import what the server has: the SDK and zod.
 * JavaScript, because the loader's thread does not get the loader that runs the other sources.
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
