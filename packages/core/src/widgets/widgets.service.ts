import { isDeepStrictEqual } from 'node:util';
import {
  type AppError,
  badRequest,
  forbidden,
  notFound,
  type UserActor,
  unavailable,
  type Widget,
  type WidgetsService,
} from '@synap/contracts';
import { ModuleCallError, type ModuleRegistry, type WidgetCache } from '@synap/module-runtime';
import type { DashboardsRepository } from '../dashboards/dashboards.repository.js';
import { dashboardScopeOf } from '../identity/api-key-scope.js';
import { mayRead, requireReadableModule } from '../modules/module-access.js';
import { pageByName } from '../paging.js';

export interface WidgetsDeps {
  registry: Pick<ModuleRegistry, 'list' | 'get'>;
  widgetCache: WidgetCache;
  dashboards: Pick<DashboardsRepository, 'listPlacements'>;
}

const pointer = (path: readonly (string | number)[]) =>
  ['/params', ...path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  );

/** Translates a failed load for the caller. */
function toAppError(error: ModuleCallError): AppError {
  switch (error.kind) {
    case 'unknown-module':
    case 'unknown-widget':
      return notFound(error.message);
    case 'invalid-params':
      return badRequest(
        error.message,
        error.issues.map(({ path, message, code }) => ({ pointer: pointer(path), message, code })),
      );
    default:
      return unavailable(error.message, error.retryAfter ?? 5, error);
  }
}

/** Converts values to text, because REST parameters arrive as text. */
const asText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asText(part)]));
};
const isAlike = (a: unknown, b: unknown) => isDeepStrictEqual(asText(a), asText(b));

export function createWidgetsService({
  registry,
  widgetCache,
  dashboards,
}: WidgetsDeps): WidgetsService {
  /**
   * Returns a check of the caller's access. A dashboard-bound key may only read the widgets on it,
   * with their parameters.
   */
  async function accessCheckFor(
    actor: UserActor,
  ): Promise<(moduleId: string, widgetId: string, params?: object) => boolean> {
    const only = dashboardScopeOf(actor);
    if (only === null) return () => true;
    const placed = await dashboards.listPlacements(only);
    return (moduleId, widgetId, params) =>
      placed.some(
        (widget) =>
          widget.moduleId === moduleId &&
          widget.widgetId === widgetId &&
          (params === undefined || isAlike(widget.params, params)),
      );
  }

  return {
    /** Lists the widgets of all modules that the caller may read. */
    async list({ actor }, page) {
      const canAccess = await accessCheckFor(actor);
      const all = registry
        .list()
        .filter((info) => mayRead(info, actor))
        .flatMap(({ id: moduleId, widgets }) =>
          widgets.map((widget): Widget => ({ ...widget, moduleId })),
        )
        .filter(({ moduleId, id }) => canAccess(moduleId, id))
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      return pageByName(all, nameOf, page);
    },

    /**
     * Returns fresh data from the cache or the module. If the module fails, returns the last good
     * data, marked stale.
     */
    async data({ actor, signal }, { moduleId, widgetId, params }) {
      const canAccess = await accessCheckFor(actor);
      if (!canAccess(moduleId, widgetId, params))
        throw forbidden(
          'This API key is bound to a dashboard that does not contain this widget with these parameters',
        );
      const info = requireReadableModule(registry, moduleId, actor);
      if (info.widgets.length > 0 && !info.widgets.some((widget) => widget.id === widgetId)) {
        throw notFound(
          `The module "${moduleId}" has no widget "${widgetId}"; it has: ${info.widgets.map((widget) => widget.id).join(', ')}`,
        );
      }
      try {
        const { error, ...reading } = await widgetCache.read({
          moduleId,
          widgetId,
          params,
          signal,
        });
        return error ? { ...reading, error: error.message } : reading;
      } catch (error) {
        throw error instanceof ModuleCallError ? toAppError(error) : error;
      }
    },
  };
}

const nameOf = ({ moduleId, id }: Widget) => `${moduleId}/${id}`;
