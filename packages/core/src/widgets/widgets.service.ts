import { type AppError, badRequest, notFound, unavailable, type Widget, type WidgetsService } from '@synap/contracts';
import { ModuleCallError, type ModuleRegistry, type WidgetCache } from '@synap/module-runtime';
import { mayRead, readable } from '../modules/module-access.js';
import { pageByName } from '../paging.js';

export interface WidgetsDeps {
  registry: Pick<ModuleRegistry, 'list' | 'get'>;
  cache: WidgetCache;
}

const pointer = (path: readonly (string | number)[]) =>
  ['/params', ...path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

/** What a failed load means to whoever asked for the data. */
function refusal(error: ModuleCallError): AppError {
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

export function createWidgetsService({ registry, cache }: WidgetsDeps): WidgetsService {
  return {
    /** The widgets of all modules that the caller may read. */
    async list({ actor }, page) {
      const all = registry
        .list()
        .filter((info) => mayRead(info, actor))
        .flatMap(({ id: moduleId, widgets }) => widgets.map((widget): Widget => ({ ...widget, moduleId })))
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      return pageByName(all, nameOf, page);
    },

    /** Fresh data from the cache or the module; the last good data, marked stale, when the module fails. */
    async data({ actor, signal }, { moduleId, widgetId, params }) {
      const info = readable(registry, moduleId, actor);
      if (info.widgets.length > 0 && !info.widgets.some((widget) => widget.id === widgetId)) {
        throw notFound(
          `The module "${moduleId}" has no widget "${widgetId}"; it has: ${info.widgets.map((widget) => widget.id).join(', ')}`,
        );
      }
      try {
        const { error, ...reading } = await cache.read({ moduleId, widgetId, params, signal });
        return error ? { ...reading, error: error.message } : reading;
      } catch (error) {
        throw error instanceof ModuleCallError ? refusal(error) : error;
      }
    },
  };
}

const nameOf = ({ moduleId, id }: Widget) => `${moduleId}/${id}`;
