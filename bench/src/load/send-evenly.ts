import { setTimeout as delay } from 'node:timers/promises';

/**
 * Sends requests evenly over each second without waiting for earlier responses, like many separate
 * clients. autocannon would send one burst a second.
 */
export async function sendEvenly<T>(
  perSecond: number,
  seconds: number,
  send: () => Promise<T>,
): Promise<T[]> {
  const started = performance.now();
  const responses: Promise<T>[] = [];
  while (responses.length < seconds * perSecond) {
    const response = send();
    // Promise.all below rejects with the first failure; until then it must not end the process.
    response.catch(() => undefined);
    responses.push(response);
    await delay(started + (responses.length * 1000) / perSecond - performance.now());
  }
  return Promise.all(responses);
}
