import type {
  DataTag,
  QueryKey,
  SkipToken,
  UndefinedInitialDataOptions,
  UnusedSkipTokenOptions,
} from '@tanstack/react-query';
import type {
  Dashboard,
  IfWidgets,
  ModuleId,
  RouterInputs,
  SavingInput,
  SavingProcedure,
  SynapError,
  WidgetDataInput,
  WidgetDataOutput,
  WidgetId,
} from '../index.js';
import type { FactoryOptions, Keyed, MutationFactory, PathKey, QueryFactory } from './factories.js';

/** Like `QueryFactory`; the type of the data depends on the requested widget. */
export interface WidgetDataFactory extends PathKey {
  queryOptions<
    Module extends ModuleId,
    Id extends WidgetId<Module>,
    Data = WidgetDataOutput<Module, Id>,
  >(
    input: WidgetDataInput<Module, Id>,
    options?: FactoryOptions<
      UnusedSkipTokenOptions<WidgetDataOutput<Module, Id>, SynapError, Data>
    >,
  ): UnusedSkipTokenOptions<WidgetDataOutput<Module, Id>, SynapError, Data> &
    Keyed<WidgetDataOutput<Module, Id>>;
  queryOptions<
    Module extends ModuleId,
    Id extends WidgetId<Module>,
    Data = WidgetDataOutput<Module, Id>,
  >(
    input: WidgetDataInput<Module, Id> | SkipToken,
    options?: FactoryOptions<
      UndefinedInitialDataOptions<WidgetDataOutput<Module, Id>, SynapError, Data>
    >,
  ): UndefinedInitialDataOptions<WidgetDataOutput<Module, Id>, SynapError, Data> &
    Keyed<WidgetDataOutput<Module, Id>>;
  queryKey<Module extends ModuleId, Id extends WidgetId<Module>>(
    input?: WidgetDataInput<Module, Id>,
  ): DataTag<QueryKey, WidgetDataOutput<Module, Id>, SynapError>;
}

interface DeclaredFactories<Plain extends { dashboards: unknown; widgets: unknown }> {
  dashboards: Omit<Plain['dashboards'], SavingProcedure | 'get'> & {
    [Name in SavingProcedure]: MutationFactory<SavingInput<Name>, Dashboard>;
  } & { get: QueryFactory<RouterInputs['dashboards']['get'], Dashboard> };
  widgets: Omit<Plain['widgets'], 'data'> & { data: WidgetDataFactory };
}

/** The factories; those about widgets use the declared ones. */
export type WithWidgets<Plain extends { dashboards: unknown; widgets: unknown }> = IfWidgets<
  Omit<Plain, 'dashboards' | 'widgets'> & DeclaredFactories<Plain>,
  Plain
>;
