import type { Environment } from '../config/env.js';
import { originOf } from '../config/public-url.js';

/** Start of the links in mails. */
export interface PublicOrigin {
  url(): string;
  /** Sets the port in use once it is known; until then links carry the configured one. */
  listeningOn(port: number | undefined): void;
}

export function createPublicOrigin(
  environment: Pick<Environment, 'publicUrl' | 'host' | 'port'>,
): PublicOrigin {
  let listening: number | undefined;
  return {
    url: () => originOf(environment, listening),
    listeningOn(port) {
      listening = port;
    },
  };
}
