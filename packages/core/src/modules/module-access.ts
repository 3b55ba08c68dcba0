import { forbidden, notFound, type UserActor } from '@synap/contracts';
import type { ModuleInfo, ModuleRegistry } from '@synap/module-runtime';

/**
 * Whether the operator lets this person read the module's data; superusers always may. An address
 * counts once it is known to be theirs.
 */
export function mayRead({ access }: Pick<ModuleInfo, 'access'>, actor: UserActor): boolean {
  if (actor.role === 'superuser' || access.kind === 'everyone') return true;
  return access.kind === 'users' && actor.verified && access.emails.includes(actor.email);
}

/** Whether only the proof is missing that the address which the operator named is theirs. */
const isUnproven = ({ access }: ModuleInfo, { email, verified }: UserActor): boolean =>
  access.kind === 'users' && !verified && access.emails.includes(email);

/** The module, for someone who may read its data. */
export function readable(
  registry: Pick<ModuleRegistry, 'get'>,
  moduleId: string,
  actor: UserActor,
): ModuleInfo {
  const found = registry.get(moduleId);
  if (!found) throw notFound(`No module "${moduleId}" is installed`);
  if (!mayRead(found, actor)) {
    if (isUnproven(found, actor))
      throw forbidden(
        `The module "${moduleId}" is open to your address once that is verified: ask for the mail (auth.resend), or a superuser.`,
      );
    throw forbidden(
      `The operator has not opened the module "${moduleId}" to you: SYNAP_${moduleId.toUpperCase().replaceAll('-', '_')}_ACCESS says who may read it.`,
    );
  }
  return found;
}
