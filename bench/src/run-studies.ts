import type { Bench } from './bench.js';
import type { Options } from './options.js';
import { measureEnumeration } from './scenarios/enumeration.js';
import { measureFlood } from './scenarios/flood.js';

/** Runs the scenarios that compare Synap with itself: with and without a flood, or an account. */
export async function runStudies(bench: Bench, { mode, scenarios, effort }: Options) {
  const flood = scenarios.has('flood') ? await measureFlood(bench, effort.floodSeconds) : null;
  const enumeration = scenarios.has('enumeration')
    ? await measureEnumeration(bench, effort.enumerationSamples)
    : null;
  if (flood && mode !== 'smoke') {
    console.log('\nREST dashboards.get, 50 a second, without and with 200 sign-ins a second:');
    console.log(flood);
  }
  if (enumeration && mode !== 'smoke') {
    console.log('\nMilliseconds for addresses with and without an account:');
    console.table(enumeration);
  }
  return { flood, enumeration };
}
