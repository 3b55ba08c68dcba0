import { MAIL_TASK, type MailDelivery } from '@synap/core';
import { z } from 'zod';
import { defineJob } from '../job.js';

/**
 * Milliseconds that a mail in progress gets at shutdown; less than the job queue waits before it
 * gives up on jobs.
 */
const graceMs = 2000;

export const mailJob = (mail: Pick<MailDelivery, 'deliver'>) =>
  defineJob({
    name: MAIL_TASK,
    schema: z.object({ mailId: z.uuid() }),
    async run({ mailId }, { isLast, closing }) {
      const sending = mail.deliver(mailId, { lastAttempt: isLast });
      // A silent mail server must not delay the shutdown: the next worker sends the mail.
      await raceShutdown(sending, closing);
    },
  });

/**
 * Resolves with the work. Rejects `graceMs` after the signal, so that nearly finished work can end.
 */
async function raceShutdown<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const ending = new Promise<never>((_, reject) => {
    const rejectSoon = () =>
      void setTimeout(() => reject(new Error('The worker is shutting down')), graceMs);
    if (signal.aborted) rejectSoon();
    // Removed when the work ends, because the signal lives as long as the worker.
    else signal.addEventListener('abort', rejectSoon, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([work, ending]);
  } finally {
    done.abort();
  }
}
