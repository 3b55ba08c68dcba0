import { appRouter, type Meta, privateApiRouter } from '@synap/api';
import type { Route } from '@synap/contracts';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';

const proceduresOf = ({ _def }: AnyTRPCRouter): Record<string, AnyTRPCProcedure> => _def.procedures;
const known = proceduresOf(privateApiRouter);

/** The meta of a procedure; all of ours have it, for the router's builder demands its type. */
export function metaOf(procedure: string): Meta {
  return known[procedure]?._def.meta ?? {};
}

/** All procedures of a router that are served over REST, in order of their names. */
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
