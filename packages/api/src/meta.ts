import type { Access, Scope } from '@synap/contracts';
import type { RestMeta } from '@synap/rest';

export interface Meta extends RestMeta {
  /** Who may call; set by the procedure it is built from. */
  access?: Access;
  /** The scope that an API key needs; `null` where no key may call. */
  scope?: Scope | null;
  /** Open also to a session that must change its password first. */
  beforePasswordChange?: boolean;
}
