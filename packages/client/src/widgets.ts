import type { TRPCClient, TRPCProcedureOptions } from '@trpc/client';
import type { AppRouter, RouterInputs, RouterOutputs } from './types.js';

/**
 * Parameters and data of each widget, by module and widget. Empty by default: any id and any JSON
 * is accepted. Once you declare widgets, a misspelt id or a wrong parameter is a compile error:
 *
 * ```ts
 * declare module '@synap/client' {
 *   interface WidgetTypes {
 *     git: { commits: { params: { limit?: number }; data: { total: number } } };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: users extend it by declaration merging, which needs an interface
export interface WidgetTypes {}

/** `Declared` if widgets are declared, else `Plain`. */
export type IfWidgets<Declared, Plain> = keyof WidgetTypes extends never ? Plain : Declared;

/** Id of a module with declared widgets. */
export type ModuleId = keyof WidgetTypes & string;
/** Id of a declared widget of a module. */
export type WidgetId<Module extends ModuleId> = keyof WidgetTypes[Module] & string;

type ParamsOf<Widget> = Widget extends { params: infer Params } ? Params : never;
type DataOf<Widget> = Widget extends { data: infer Data } ? Data : never;
/** Makes parameters optional if none is required. */
type Parametrised<Params> =
  Partial<Params> extends Params ? { params?: Params } : { params: Params };

/** Input of `widgets.data` for a declared widget. */
export type WidgetDataInput<Module extends ModuleId, Id extends WidgetId<Module>> = {
  moduleId: Module;
  widgetId: Id;
} & Parametrised<ParamsOf<WidgetTypes[Module][Id]>>;

/** The data of a declared widget and its age. */
export type WidgetDataOutput<Module extends ModuleId, Id extends WidgetId<Module>> = Omit<
  RouterOutputs['widgets']['data'],
  'data'
> & {
  data: DataOf<WidgetTypes[Module][Id]>;
};

type PlainPlaceWidget = NonNullable<RouterInputs['dashboards']['create']['widgets']>[number];
type DeclaredPlace = {
  [Module in ModuleId]: {
    [Id in WidgetId<Module>]: Omit<PlainPlaceWidget, 'moduleId' | 'widgetId' | 'params'> &
      WidgetDataInput<Module, Id>;
  }[WidgetId<Module>];
}[ModuleId];

type PlainPlacement = RouterOutputs['dashboards']['get']['widgets'][number];
type DeclaredPlacement = {
  [Module in ModuleId]: {
    [Id in WidgetId<Module>]: Omit<PlainPlacement, 'moduleId' | 'widgetId' | 'params'> & {
      moduleId: Module;
      widgetId: Id;
      params: ParamsOf<WidgetTypes[Module][Id]>;
    };
  }[WidgetId<Module>];
}[ModuleId];

/** A widget to place on a dashboard. */
export type PlaceWidget = IfWidgets<DeclaredPlace, PlainPlaceWidget>;

/** A widget on a dashboard. Also valid as a `PlaceWidget` and as the input of `widgets.data`. */
export type WidgetPlacement = IfWidgets<DeclaredPlacement, PlainPlacement>;

/** The data of a widget, given its placement. */
export type PlacementData = Omit<RouterOutputs['widgets']['data'], 'data'> & {
  data: IfWidgets<
    {
      [Module in ModuleId]: {
        [Id in WidgetId<Module>]: DataOf<WidgetTypes[Module][Id]>;
      }[WidgetId<Module>];
    }[ModuleId],
    unknown
  >;
};

type PlainDashboard = RouterOutputs['dashboards']['get'];
/** A dashboard with its placed widgets, which are declared ones if any are declared. */
export type Dashboard = Omit<PlainDashboard, 'widgets'> & { widgets: WidgetPlacement[] };

/** The procedures that save placements. */
export type SavingProcedure = 'create' | 'save' | 'upsert';
type SavingInputs = RouterInputs['dashboards'];
/** Input of a procedure that saves placements. */
export type SavingInput<Name extends SavingProcedure> = {
  [Key in keyof SavingInputs[Name]]: Key extends 'widgets'
    ? PlaceWidget[]
    : SavingInputs[Name][Key];
};

type Calls = TRPCClient<AppRouter>;
interface DeclaredCalls {
  dashboards: Omit<Calls['dashboards'], SavingProcedure | 'get'> & {
    [Name in SavingProcedure]: {
      mutate(input: SavingInput<Name>, options?: TRPCProcedureOptions): Promise<Dashboard>;
    };
  } & {
    get: {
      query(
        input: RouterInputs['dashboards']['get'],
        options?: TRPCProcedureOptions,
      ): Promise<Dashboard>;
    };
  };
  widgets: Omit<Calls['widgets'], 'data'> & {
    data: {
      query<Module extends ModuleId, Id extends WidgetId<Module>>(
        input: WidgetDataInput<Module, Id>,
        options?: TRPCProcedureOptions,
      ): Promise<WidgetDataOutput<Module, Id>>;
      query(input: WidgetPlacement, options?: TRPCProcedureOptions): Promise<PlacementData>;
    };
  };
}

/** Every procedure; those about widgets use the declared ones. */
export type ProcedureCalls = IfWidgets<Omit<Calls, keyof DeclaredCalls> & DeclaredCalls, Calls>;
