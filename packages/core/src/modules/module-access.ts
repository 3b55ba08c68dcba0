import { forbidden, notFound, type UserActor } from '@synap/contracts';
import type { ModuleInfo, ModuleRegistry } from '@synap/module-runtime';

/**
 * True if the operator grants this user access to the module's data. Superusers always have access;
 * other addresses count only once verified.
 */
export function mayRead({ access }: Pick<ModuleInfo, 'access'>, actor: UserActor): boolean {
  if (actor.role === 'superuser' || access.kind === 'everyone') return true;
  return access.kind === 'users' && actor.verified && access.emails.includes(actor.email);
}

/** True if the address is allowed but not yet verified. */
const needsVerification = ({ access }: ModuleInfo, { email, verified }: UserActor): boolean =>
  access.kind === 'users' && !verified && access.emails.includes(email);

/**
 * Returns the module if the caller may read its data.
 * @throws `not_found` or `forbidden`
 */
export function requireReadableModule(
  registry: Pick<ModuleRegistry, 'get'>,
  moduleId: string,
  actor: UserActor,
): ModuleInfo {
  const found = registry.get(moduleId);
  if (!found) throw notFound(`No module "${moduleId}" is installed`);
  if (!mayRead(found, actor)) {
    if (needsVerification(found, actor))
      throw forbidden(
        `Verify your address to read the module "${moduleId}": request the mail again (auth.resend), or ask a superuser.`,
      );
    throw forbidden(
      `The operator has not opened the module "${moduleId}" to you: SYNAP_${moduleId.toUpperCase().replaceAll('-', '_')}_ACCESS says who may read it.`,
    );
  }
  return found;
}
