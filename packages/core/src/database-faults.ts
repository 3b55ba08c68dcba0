import { AppError, badRequest, conflict, unavailable } from '@synap/contracts';
import { toDatabaseFault } from '@synap/db';

export const notMigratedError = () =>
  unavailable('Database is not migrated: run "npx prisma migrate deploy"', 30);

/** Translates a database error for the caller; returns any other error unchanged. */
export function translateDatabaseFault(error: unknown): unknown {
  if (error instanceof AppError) return error;
  switch (toDatabaseFault(error)?.kind) {
    case 'bad-input':
      return badRequest(
        'The database cannot store one of these values: look for control characters and numbers out of range.',
      );
    case 'unavailable':
      return unavailable('The database cannot be reached at present: try again later.', 5, error);
    case 'read-only':
      return unavailable('The database is read-only at present: try again later.', 5, error);
    case 'not-migrated':
      return notMigratedError();
    case 'unique':
    case 'reference':
      return conflict(
        'A concurrent change came first: read the current state and repeat your change.',
      );
    default:
      return error;
  }
}

/** Signature of a service method. */
export type Method = (...args: never[]) => Promise<unknown>;

/**
 * Wraps a service so that its methods check the database state first and translate database errors.
 * @param admit throws `unavailable` while the database is not migrated
 */
export function guarded<S extends { [K in keyof S]: Method }>(service: S, admit: () => void): S {
  const wrap = (method: Method): Method => {
    return async (...args) => {
      try {
        admit();
        return await method.apply(service, args);
      } catch (error) {
        throw translateDatabaseFault(error);
      }
    };
  };
  const methods = Object.entries<Method>(service).map(([name, method]) => [name, wrap(method)]);
  return Object.assign({}, service, Object.fromEntries(methods));
}
