// Compiled only. Checks that no exported type is `any`, which would accept every use.
import type {
  AppRouter,
  RouterInputs,
  RouterOutputs,
  SynapClient,
  SynapError,
  SynapErrorCode,
} from '@synap/client';

type IsAny<T> = 0 extends 1 & T ? true : false;
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Paths of members, at any depth, that are `any`. */
type AnyPaths<T, Path extends string = ''> =
  IsAny<T> extends true
    ? Path
    : T extends Date | readonly unknown[] | string | number | boolean | null | undefined
      ? never
      : string extends keyof T
        ? // Free-form JSON is recursive.
          IsAny<T[keyof T]> extends true
          ? `${Path}.*`
          : never
        : { [K in keyof T & string]: AnyPaths<T[K], `${Path}.${K}`> }[keyof T & string];

/** Compiles only if the value has the type `Expected`. */
function check<Expected>(_value: NoInfer<Expected>): void {}

check<IsAny<AppRouter>>(false);
check<IsAny<SynapClient>>(false);
check<IsAny<SynapClient['dashboards']>>(false);
check<IsAny<SynapClient['dashboards']['get']['query']>>(false);
check<Same<AnyPaths<RouterInputs>, never>>(true);
check<Same<AnyPaths<RouterOutputs>, never>>(true);
check<Same<RouterInputs['dashboards']['get'], { id: string }>>(true);
check<Same<RouterOutputs['dashboards']['get']['createdAt'], Date>>(true);
check<Same<RouterOutputs['modules']['get']['status'], 'ready' | 'failed' | 'degraded'>>(true);
check<Same<SynapError['code'], SynapErrorCode>>(true);
check<string extends SynapErrorCode ? true : false>(false);
