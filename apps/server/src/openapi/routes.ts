import { appRouter, type Meta, privateApiRouter } from '@synap/api';
import type { Route } from '@synap/contracts';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';

const proceduresOf = ({ _def }: AnyTRPCRouter): Record<string, AnyTRPCProcedure> => _def.procedures;
const known = proceduresOf(privateApiRouter);

/** Returns the meta of a procedure, which the type of the router's builder requires. */
export function metaOf(procedure: string): Meta {
  return known[procedure]?._def.meta ?? {};
}

/** Lists all procedures served over REST, sorted by name. */
export function listRoutes(restPath: string, router: AnyTRPCRouter = appRouter): Route[] {
  const procedures = proceduresOf(router);
  return Object.keys(procedures)
    .sort()
    .flatMap((procedure): Route[] => {
      const type = procedures[procedure]?._def.type;
      const { openapi, access, scope } = metaOf(procedure);
      if (!openapi || !access || type === undefined || type === 'subscription') return [];
      return [
        {
          procedure,
          type,
          method: openapi.method,
          path: `${restPath}${openapi.path}`,
          access,
          scope: scope ?? null,
        },
      ];
    });
}
