import { foreignResponseError, type ResponseHead } from '../errors/read-error.js';
import { SynapError } from '../errors/synap-error.js';

/** The platform's `fetch`, or one that behaves like it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The parts of a response that tRPC's links and our errors read. */
interface ClientResponse extends ResponseHead {
  readonly ok: boolean;
  json(): Promise<unknown>;
}

export type Transport = (url: string, init?: RequestInit) => Promise<ClientResponse>;

/**
 * Wraps `fetch` so that each failure has a code: `network` if no complete response arrived, else
 * the code of the status of a non-JSON response.
 */
export function createTransport(baseUrl: string, fetch: Fetch | undefined): Transport {
  const networkError = (cause: unknown) =>
    new SynapError(
      'network',
      `The server at ${baseUrl} cannot be reached, or the connection broke.`,
      { cause },
    );

  return async (url, init) => {
    // Looked up at each call, because tools replace the global one later. Browsers reject it as a
    // method of another object.
    const send: Fetch = fetch ?? ((...args) => globalThis.fetch(...args));
    const response = await send(url, init).catch((cause: unknown) => {
      throw networkError(cause);
    });
    return {
      ok: response.ok,
      status: response.status,
      headers: response.headers,
      async json() {
        const text = await response.text().catch((cause: unknown) => {
          throw networkError(cause);
        });
        try {
          return JSON.parse(text);
        } catch (cause) {
          throw foreignResponseError(response, cause);
        }
      },
    };
  };
}
