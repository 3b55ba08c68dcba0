import type { Access, Scope } from '@synap/contracts';
import type { RestMeta } from '@synap/rest';

export interface Meta extends RestMeta {
  /** Required access; set by the base procedure. */
  access?: Access;
  /** Scope that an API key needs; null if API keys cannot call. */
  scope?: Scope | null;
  /** True if a session may call it before a forced password change. */
  beforePasswordChange?: boolean;
}
