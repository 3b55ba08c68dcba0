import { isDeepStrictEqual } from 'node:util';
import { badRequest, forbidden, type InputFault, type PlaceWidget } from '@synap/contracts';
import type { DashboardContent, PlacedWidget } from './dashboards.repository.js';

/** What the installed modules offer, as far as a dashboard needs to know. */
export interface WidgetCatalogue {
  /**
   * Ids of a module's widgets; `null` where no such module is installed, `undefined` while it
   * cannot say.
   */
  widgetsOf(moduleId: string): readonly string[] | null | undefined;
  moduleIds(): readonly string[];
}

const fault = (index: number, field: string, message: string, code: string): InputFault => ({
  pointer: `/widgets/${index}/${field}`,
  message,
  code,
});

/**
 * Throws `forbidden` if a widget was added, or shows something else than before. A key that is
 * bound to the dashboard reads the widgets that stand on it: placing one of its choice would let it
 * read everything.
 */
export function assertNothingNew(
  widgets: readonly PlaceWidget[],
  already: readonly PlacedWidget[],
): void {
  const placed = new Map(already.map((widget) => [widget.id, widget]));
  const isAlike = ({ id, moduleId, widgetId, params }: PlaceWidget) => {
    const before = id === undefined ? undefined : placed.get(id);
    return (
      before?.moduleId === moduleId &&
      before.widgetId === widgetId &&
      isDeepStrictEqual(before.params, params)
    );
  };
  if (widgets.every(isAlike)) return;
  throw forbidden(
    'This API key is bound to the dashboard: it may move, resize, reorder and remove widgets, but not add one or change moduleId, widgetId or params.',
  );
}

/**
 * Gives each placed widget its id and checks that something installed can fill it. What was there
 * already may stay: its module may come back.
 */
export function resolvePlacements(
  widgets: PlaceWidget[],
  already: readonly PlacedWidget[],
  catalogue: WidgetCatalogue,
  newId: () => string,
): DashboardContent['widgets'] {
  const seen = new Set<string>();
  const kept = new Map(already.map((widget) => [widget.id, widget]));
  const faults: InputFault[] = [];
  const settled = widgets.map((widget, index) => {
    const id = widget.id ?? newId();
    if (seen.has(id))
      faults.push(
        fault(index, 'id', 'Another widget of this dashboard has the same id', 'duplicate'),
      );
    seen.add(id);
    const before = kept.get(id);
    const unchanged = before?.moduleId === widget.moduleId && before.widgetId === widget.widgetId;
    if (!unchanged) faults.push(...missing(widget, index, catalogue));
    return { ...widget, id };
  });
  if (faults.length > 0) throw badRequest('Some widgets cannot be placed.', faults);
  return settled;
}

function missing(
  { moduleId, widgetId }: PlaceWidget,
  index: number,
  catalogue: WidgetCatalogue,
): InputFault[] {
  const offered = catalogue.widgetsOf(moduleId);
  if (offered === null) {
    return [
      fault(
        index,
        'moduleId',
        `No module "${moduleId}" is installed; there are: ${catalogue.moduleIds().join(', ')}`,
        'unknown_module',
      ),
    ];
  }
  if (offered && !offered.includes(widgetId)) {
    return [
      fault(
        index,
        'widgetId',
        `The module "${moduleId}" has no widget "${widgetId}"; it has: ${offered.join(', ')}`,
        'unknown_widget',
      ),
    ];
  }
  return [];
}
