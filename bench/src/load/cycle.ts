import type { BenchRequest } from './target.js';

export interface RawRequest {
  method: BenchRequest['method'];
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** Returns the request as it is sent in this pass through the list. */
function atPass({ method, path, token, body }: BenchRequest, pass: number): RawRequest {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (body === undefined) return { method, path, headers };
  headers['content-type'] = 'application/json';
  const atPass = body.replace(/@(\d+)\+pass@/, (_, first) => String(Number(first) + pass - 1));
  return { method, path, headers, body: atPass };
}

/** Returns a function that walks through the requests without end. */
export function cycle(requests: readonly BenchRequest[]): () => RawRequest {
  let sent = 0;
  return () => {
    const request = requests[sent % requests.length];
    if (!request) throw new Error('The list of requests is empty');
    const pass = Math.floor(sent / requests.length) + 1;
    sent += 1;
    return atPass(request, pass);
  };
}
