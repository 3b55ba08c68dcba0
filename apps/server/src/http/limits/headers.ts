import type { ServerResponse } from 'node:http';
import type { LimitState } from '@synap/contracts';

const reported = new WeakMap<ServerResponse, Map<string, LimitState>>();

/**
 * Adds a limit to `RateLimit-Policy` and `RateLimit`: lists of structured fields (RFC 9651), as in
 * draft-ietf-httpapi-ratelimit-headers. The last state of a limit counts. Does nothing after the
 * head is sent.
 */
export function reportLimit(res: ServerResponse, state: LimitState): void {
  if (res.headersSent) return;
  const states = reported.get(res) ?? new Map<string, LimitState>();
  reported.set(res, states.set(state.name, state));
  const all = [...states.values()];
  res.setHeader(
    'ratelimit-policy',
    all.map(({ name, points, window }) => `"${name}";q=${points};w=${window}`).join(', '),
  );
  res.setHeader(
    'ratelimit',
    all.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', '),
  );
}
