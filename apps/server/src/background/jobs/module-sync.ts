import { type ModuleSync, SYNC_TASK, SyncFailure } from '@synap/core';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ErrorReports } from '../../observability/error-reports.js';
import { defineJob } from '../job.js';

interface ModuleSyncDeps {
  sync: Pick<ModuleSync, 'perform'>;
  log: Logger;
  errors: ErrorReports;
}

/** Performs one run of a module's sync job. */
export const moduleSyncJob = ({ sync, log, errors }: ModuleSyncDeps) =>
  defineJob({
    name: SYNC_TASK,
    schema: z.object({ runId: z.uuid() }),
    async run({ runId }, { isLast, signal }) {
      try {
        await sync.perform(runId, { lastAttempt: isLast, signal });
      } catch (error) {
        if (!(error instanceof SyncFailure && error.final)) throw error;
        log.error({ err: error, runId }, 'a module run failed permanently');
        errors.report(error, { kind: 'job', task: SYNC_TASK });
      }
    },
  });
