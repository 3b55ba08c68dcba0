import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';

/** Finds a procedure if it is already loaded. */
export function findProcedure(router: AnyTRPCRouter, path: string): AnyTRPCProcedure | undefined {
  const procedures: Readonly<Record<string, AnyTRPCProcedure | undefined>> = router._def.procedures;
  return procedures[path];
}

/** Loads the lazy router parts of the paths. Returns undefined if all are loaded. */
export function loadProcedures(
  router: AnyTRPCRouter,
  paths: readonly string[],
): Promise<unknown> | undefined {
  const missing = paths.filter(
    (path) => findProcedure(router, path) === undefined && lazyPart(router, path) !== undefined,
  );
  return missing.length === 0
    ? undefined
    : Promise.all(missing.map((path) => loadParts(router, path)));
}

async function loadParts(router: AnyTRPCRouter, path: string): Promise<void> {
  for (
    let part = lazyPart(router, path);
    part !== undefined && !findProcedure(router, path);
    part = lazyPart(router, path)
  ) {
    await part.load();
  }
}

function lazyPart({ _def }: AnyTRPCRouter, path: string) {
  for (const [key, part] of Object.entries(_def.lazy)) {
    if (path === key || path.startsWith(`${key}.`)) return part;
  }
  return undefined;
}
