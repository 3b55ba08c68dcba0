import type { Access } from '@synap/contracts';
import type { RestMeta } from '@synap/rest';

/** What an API key may be allowed to do. */
export type Scope =
  | 'dashboards:read'
  | 'dashboards:write'
  | 'modules:read'
  | 'modules:sync'
  | 'profile:read'
  | 'profile:write'
  | 'widgets:read';

export interface Meta extends RestMeta {
  /** Who may call; set by the procedure it is built from. */
  access?: Access;
  /** The scope that an API key needs; `null` where no key may call. */
  scope?: Scope | null;
}
