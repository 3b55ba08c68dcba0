import { isDeepStrictEqual } from 'node:util';
import { badRequest, forbidden, type InputFault, type PlaceWidget } from '@synap/contracts';
import type { DashboardContent, PlacedWidget } from './dashboards.repository.js';
import type { WidgetCatalogue } from './widget-catalogue.js';

const issue = (index: number, field: string, message: string, code: string): InputFault => ({
  pointer: `/widgets/${index}/${field}`,
  message,
  code,
});

/**
 * Throws `forbidden` if a widget was added or shows other data. A bound key may read the widgets on
 * its dashboard, so placing any widget would let it read everything.
 */
export function assertSameWidgets(
  widgets: readonly PlaceWidget[],
  current: readonly PlacedWidget[],
): void {
  const placed = new Map(current.map((widget) => [widget.id, widget]));
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
 * Assigns ids and validates placements. Unchanged widgets may stay without their module, which may
 * come back.
 */
export function resolvePlacements(
  widgets: PlaceWidget[],
  current: readonly PlacedWidget[],
  catalogue: WidgetCatalogue,
  newId: () => string,
): DashboardContent['widgets'] {
  const seen = new Set<string>();
  const previous = new Map(current.map((widget) => [widget.id, widget]));
  const faults: InputFault[] = [];
  const resolved = widgets.map((widget, index) => {
    const id = widget.id ?? newId();
    if (seen.has(id))
      faults.push(
        issue(index, 'id', 'Another widget of this dashboard has the same id', 'duplicate'),
      );
    seen.add(id);
    const before = previous.get(id);
    const unchanged = before?.moduleId === widget.moduleId && before.widgetId === widget.widgetId;
    if (!unchanged) faults.push(...missing(widget, index, catalogue));
    return { ...widget, id };
  });
  if (faults.length > 0) throw badRequest('Some widgets cannot be placed.', faults);
  return resolved;
}

function missing(
  { moduleId, widgetId }: PlaceWidget,
  index: number,
  catalogue: WidgetCatalogue,
): InputFault[] {
  const offered = catalogue.widgetsOf(moduleId);
  if (offered === null) {
    return [
      issue(
        index,
        'moduleId',
        `No module "${moduleId}" is installed; there are: ${catalogue.moduleIds().join(', ')}`,
        'unknown_module',
      ),
    ];
  }
  if (offered && !offered.includes(widgetId)) {
    return [
      issue(
        index,
        'widgetId',
        `The module "${moduleId}" has no widget "${widgetId}"; it has: ${offered.join(', ')}`,
        'unknown_widget',
      ),
    ];
  }
  return [];
}
