import type { Core } from '@synap/core';
import { type Listening, listenTo } from '@synap/db';
import type { Logger } from 'pino';

/**
 * Where triggers of the database tell, as `<kind> <id>`, of a session or key that has ended and of
 * a user who has changed.
 */
const channel = 'synap_identity';
const kinds = ['session', 'key', 'user'] as const;

export interface IdentityInvalidationDeps {
  url: string;
  identity: Core['identity'];
  log: Logger;
}

/**
 * Drops what is believed of who somebody is as soon as any instance, or whoever else, has changed
 * it. Where the news cannot be heard, five seconds are the bound.
 */
export function subscribeToIdentityChanges({
  url,
  identity,
  log,
}: IdentityInvalidationDeps): Listening {
  let wasLost = false;
  return listenTo({
    url,
    applicationName: 'synap news',
    channel,
    onMessage(payload) {
      const [word, id] = payload.split(' ');
      const kind = kinds.find((known) => known === word);
      if (kind && id) identity.invalidate(kind, id);
      // The words of a later version: nobody here knows whom they mean.
      else identity.invalidateAll();
    },
    onListening() {
      // What happened in the meantime was not heard.
      identity.invalidateAll();
      if (wasLost) log.info('notifications of other instances are received again');
    },
    onLost(error) {
      wasLost = true;
      log.warn(
        { err: error },
        'notifications of other instances are not received: what they revoke takes effect here after 5 s at most',
      );
    },
  });
}
