import type { BenchData, OwnedDashboard } from '../data/bench-data.js';
import type { BenchRequest } from '../load/target.js';

type RequestParts = Omit<BenchRequest, 'token'>;

/** Returns requests for all items, each with a fresh token of its owner. */
export const requestsFor =
  <T extends Pick<OwnedDashboard, 'userId' | 'sessionId'>>(
    { tokenOf }: BenchData,
    items: readonly T[],
    partsOf: (item: T) => RequestParts,
  ) =>
  (): BenchRequest[] => {
    const tokens = new Map<string, string>();
    return items.map((item) => {
      const token = tokens.get(item.sessionId) ?? tokenOf(item);
      tokens.set(item.sessionId, token);
      const { method, path, body } = partsOf(item);
      return { method, path, body, token };
    });
  };

export const get = (path: string): RequestParts => ({ method: 'GET', path });

export const post = (path: string, body: string): RequestParts => ({ method: 'POST', path, body });

export const put = (path: string, body: string): RequestParts => ({ method: 'PUT', path, body });

/** Path of a query on tRPC's wire, with the input as superjson writes it. */
export const rpcQuery = (procedure: string, input: object): string =>
  `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;

/** Path of a batch of equal queries. */
export function rpcBatch(procedure: string, inputs: readonly object[]): string {
  const procedures = inputs.map(() => procedure).join(',');
  const input = Object.fromEntries(inputs.map((json, at) => [at, { json }]));
  return `/trpc/${procedures}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`;
}
