import { ModuleCallError } from '../call-error.js';
import type { Outcome } from '../protocol/messages.js';

/** Returns the error for an outcome other than data. */
export function errorOf(outcome: Outcome, moduleId: string, widgetId: string): ModuleCallError {
  switch (outcome.kind) {
    case 'unknown-widget':
      return unknownWidget(moduleId, widgetId);
    case 'no-sync-job':
      return new ModuleCallError('no-sync-job', `Module ${moduleId} has nothing to sync`);
    case 'invalid-params':
      return new ModuleCallError('invalid-params', `Faulty parameters for widget ${widgetId}`, {
        issues: outcome.issues,
      });
    case 'invalid-data': {
      const [issue] = outcome.issues;
      const where = issue ? `: ${['data', ...issue.path].join('.')} ${issue.message}` : '';
      return new ModuleCallError(
        'invalid-data',
        `Module ${moduleId} returned data that does not match its own schema${where}`,
      );
    }
    case 'failed':
      return new ModuleCallError('failed', outcome.message, { retryAfter: outcome.retryAfter });
    default:
      return new ModuleCallError('failed', `Module ${moduleId} failed; the server's log says why`);
  }
}

export const unknownWidget = (moduleId: string, widgetId: string): ModuleCallError =>
  new ModuleCallError('unknown-widget', `Module ${moduleId} has no widget ${widgetId}`);
