import type { ModuleRegistry } from '@synap/module-runtime';

/** The widgets of the installed modules. */
export interface WidgetCatalogue {
  /**
   * Returns the ids of a module's widgets; null if the module is not installed, undefined if its
   * widgets are unknown.
   */
  widgetsOf(moduleId: string): readonly string[] | null | undefined;
  moduleIds(): readonly string[];
}

export function catalogueOf(registry: Pick<ModuleRegistry, 'get' | 'list'>): WidgetCatalogue {
  return {
    widgetsOf(moduleId) {
      const info = registry.get(moduleId);
      if (!info) return null;
      return info.widgets.length > 0 ? info.widgets.map((widget) => widget.id) : undefined;
    },
    moduleIds: () => registry.list().map((info) => info.id),
  };
}
