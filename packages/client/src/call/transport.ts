import { type AnswerHead, ofForeignAnswer } from '../errors/read-error.js';
import { SynapError } from '../errors/synap-error.js';

/** The platform's `fetch`, or one that behaves like it. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The parts of an answer that tRPC's links and our errors read. */
interface Answer extends AnswerHead {
  readonly ok: boolean;
  json(): Promise<unknown>;
}

export type Transport = (url: string, init?: RequestInit) => Promise<Answer>;

/**
 * Wraps `fetch` so that its failures say what happened: `network` where no whole answer came, else
 * the status of what is not JSON.
 */
export function createTransport(baseUrl: string, fetch: Fetch | undefined): Transport {
  const broken = (cause: unknown) =>
    new SynapError(
      'network',
      `The server at ${baseUrl} cannot be reached, or the connection broke.`,
      { cause },
    );

  return async (url, init) => {
    // Looked up at each call, as tools that watch or replace the global one expect; browsers refuse
    // it as a method of another object.
    const send: Fetch = fetch ?? ((...args) => globalThis.fetch(...args));
    const answer = await send(url, init).catch((cause: unknown) => {
      throw broken(cause);
    });
    return {
      ok: answer.ok,
      status: answer.status,
      headers: answer.headers,
      async json() {
        const text = await answer.text().catch((cause: unknown) => {
          throw broken(cause);
        });
        try {
          return JSON.parse(text);
        } catch (cause) {
          throw ofForeignAnswer(answer, cause);
        }
      },
    };
  };
}
