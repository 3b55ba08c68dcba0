import { AppError, badRequest, conflict, unavailable } from '@synap/contracts';
import { toDatabaseFault } from '@synap/db';

export const unmigrated = () =>
  unavailable('Database is not migrated: run "npx prisma migrate deploy"', 30);

/** What an error of the database means to a caller; any other error stays what it is. */
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
      return unavailable(
        'The database takes no changes at present, it is read-only: try again later.',
        5,
        error,
      );
    case 'not-migrated':
      return unmigrated();
    case 'unique':
    case 'reference':
      return conflict('Another change came first: read again and repeat yours.');
    default:
      return error;
  }
}

/** A method of a service. */
export type Method = (...args: never[]) => Promise<unknown>;

/**
 * The same service, whose methods first ask whether the database may be used and translate its
 * faults on the way out.
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
