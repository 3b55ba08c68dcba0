import { parseArgs } from 'node:util';
import { type BenchSize, fullSize, longListRows, quickSize, smokeSize } from './data/bench-size.js';
import type { RoundOptions } from './load/rounds.js';
import { loadScenarios } from './scenarios/load-scenarios.js';

type Mode = 'full' | 'quick' | 'smoke';

/** How long a run measures. */
interface Effort extends Omit<RoundOptions, 'connections'> {
  connections: readonly number[];
  floodSeconds: number;
  /** Samples of each kind of address. */
  enumerationSamples: number;
}

export interface Options {
  mode: Mode;
  /** Names of the scenarios to run. */
  scenarios: ReadonlySet<string>;
  /** True compares with the previous entry of the history. */
  compare: boolean;
  size: BenchSize;
  effort: Effort;
}

export class UsageError extends Error {}

const efforts: Record<Mode, Effort> = {
  full: {
    connections: [1, 16, 64],
    seconds: 3,
    rounds: 4,
    warmUpSeconds: 2,
    floodSeconds: 20,
    enumerationSamples: 200,
  },
  quick: {
    connections: [16],
    seconds: 1,
    rounds: 2,
    warmUpSeconds: 0.3,
    floodSeconds: 5,
    enumerationSamples: 50,
  },
  smoke: {
    connections: [],
    seconds: 1,
    rounds: 1,
    warmUpSeconds: 0,
    floodSeconds: 1,
    enumerationSamples: 3,
  },
};
const sizes: Record<Mode, BenchSize> = { full: fullSize, quick: quickSize, smoke: smokeSize };

const scenarioNames = [...loadScenarios.map(({ name }) => name), 'flood', 'enumeration'];

export const usage = `pnpm bench [options]
  --quick            one number of connections, short rounds, fewer rows and scenarios
  --smoke            a few requests of each scenario, no figures; fails on a wrong response
  --only <scenario>  ${scenarioNames.join(', ')}; repeatable
  --large            also a list of 1,000,000 dashboards
  --compare          prints the change to the previous entry of the history
  --seconds <n>      length of a round
  --rounds <n>       number of rounds; an even one is fair`;

function scenariosOf(mode: Mode, only: readonly string[] | undefined): ReadonlySet<string> {
  const unknown = only?.find((name) => !scenarioNames.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--only ${unknown}: the scenarios are ${scenarioNames.join(', ')}`);
  if (only) return new Set(only);
  if (mode !== 'quick') return new Set(scenarioNames);
  return new Set(loadScenarios.filter(({ quick }) => quick).map(({ name }) => name));
}

function wholeNumber(name: string, text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new UsageError(`--${name} ${text}: use a whole number from 1 to 9999`);
  return Number(text);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        large: { type: 'boolean', default: false },
        compare: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the arguments of the command. Throws `UsageError` if they are invalid. */
export function readOptions(args: string[]): Options {
  const { quick, smoke, only, large, compare, seconds, rounds } = parse(args);
  const mode = smoke ? 'smoke' : quick ? 'quick' : 'full';
  const effort = efforts[mode];
  const size = sizes[mode];
  return {
    mode,
    scenarios: scenariosOf(mode, only),
    compare,
    size: large ? Object.assign({}, size, { longList: longListRows }) : size,
    effort: Object.assign({}, effort, {
      seconds: wholeNumber('seconds', seconds, effort.seconds),
      rounds: wholeNumber('rounds', rounds, effort.rounds),
    }),
  };
}
