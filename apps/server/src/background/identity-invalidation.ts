import type { Core } from '@synap/core';
import { type Listening, listenTo } from '@synap/db';
import type { Logger } from 'pino';

/**
 * Database triggers notify here, as `<kind> <id>`, of ended sessions and keys and of changed users.
 */
const channel = 'synap_identity';
const kinds = ['session', 'key', 'user'] as const;

export interface IdentityInvalidationDeps {
  url: string;
  identity: Core['identity'];
  log: Logger;
}

/**
 * Invalidates cached identities when any instance changes them. Without notifications, entries
 * expire after five seconds.
 */
export function subscribeToIdentityChanges({
  url,
  identity,
  log,
}: IdentityInvalidationDeps): Listening {
  let wasLost = false;
  return listenTo({
    url,
    applicationName: 'synap identity listener',
    channel,
    onMessage(payload) {
      const [word, id] = payload.split(' ');
      const kind = kinds.find((known) => known === word);
      if (kind && id) identity.invalidate(kind, id);
      // Unknown kind, sent by a newer version: clear everything.
      else identity.invalidateAll();
    },
    onListening() {
      // Changes during the outage were missed.
      identity.invalidateAll();
      if (wasLost) log.info('identity notifications restored');
    },
    onLost(error) {
      wasLost = true;
      log.warn(
        { err: error },
        'identity notifications lost: revocations by other instances take effect here within 5 s',
      );
    },
  });
}
