import { randomUUID } from 'node:crypto';
import { plainAddress } from '@synap/contracts';
import { codeOf, titleOf } from '@synap/rest/problem';
import type { Logger } from 'pino';
import type { FaultResponder } from './connections/index.js';
import { createOriginRule, type OriginEnvironment } from './cors-rule.js';

/**
 * Creates problem responses to requests that Node.js rejects. Sets CORS headers if the origin is
 * allowed; often the `Origin` header was not read.
 */
export function createFaultResponder(
  environment: OriginEnvironment,
  log: Pick<Logger, 'info' | 'warn'>,
): FaultResponder {
  const rule = createOriginRule(environment, log);
  return ({ status, detail, origin, address }) => {
    const requestId = randomUUID();
    log.info(
      { requestId, status, address: plainAddress(address ?? '') },
      'request that is not valid HTTP',
    );
    const problem = {
      type: 'about:blank',
      title: titleOf(status),
      status,
      detail,
      code: codeOf(status),
      requestId,
    };
    const headers: Record<string, string> = {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      vary: 'Origin',
    };
    rule(origin, (_error, [allowed]) => {
      if (allowed === undefined) return;
      headers['access-control-allow-origin'] = allowed;
      headers['access-control-allow-credentials'] = 'true';
      headers['access-control-expose-headers'] = 'X-Request-Id';
    });
    return { status, headers, body: JSON.stringify(problem) };
  };
}
