import type { ModuleVariables } from '@synap/module-runtime';
import { editDistance } from './edit-distance.js';
import { settingNames } from './env.js';

const own = 'SYNAP_';
/** Longest name that may be a misspelling; a cloud may set hundreds of variables. */
const longestName = 60;

export interface UnknownSetting {
  /** Message for the operator. */
  text: string;
  /** Probable correct name. */
  closest: string | undefined;
}

/**
 * Lists variables that nothing reads: unknown `SYNAP_…` names, and near misses of other settings,
 * such as `DATABASE_UR`.
 *
 * @param modules Variables of every installed module, after it has started or failed.
 */
export function unknownSettings(
  variables: Readonly<Record<string, string | undefined>>,
  modules: readonly ModuleVariables[],
): UnknownSetting[] {
  const known = new Set([...settingNames, ...modules.flatMap(({ names }) => names ?? [])]);
  const isOpen = (name: string) =>
    modules.some(({ prefix, names }) => names === undefined && name.startsWith(prefix));
  return Object.entries(variables)
    .filter(
      ([name, value]) =>
        value?.trim() && name.length <= longestName && !known.has(name) && !isOpen(name),
    )
    .flatMap(([name]) =>
      name.startsWith(own) ? ofOwn(name, known, modules) : ofOthers(name, known),
    )
    .sort((one, other) => (one.text < other.text ? -1 : 1));
}

function ofOwn(
  name: string,
  known: ReadonlySet<string>,
  modules: readonly ModuleVariables[],
): UnknownSetting {
  const closest = closestName(name, known, (rest) => Math.max(1, Math.floor(rest / 3)));
  const module = modules.find(({ prefix }) => name.startsWith(prefix));
  const fault = module
    ? 'is not a setting of that module'
    : 'is not a setting of Synap or of an installed module';
  return {
    text: `${name} ${fault}${closest === undefined ? ': remove it' : `: did you mean ${closest}?`}`,
    closest,
  };
}

/**
 * Other variables may belong to another program: only one or two letters may differ, and short
 * names must have the same letters.
 */
function ofOthers(name: string, known: ReadonlySet<string>): UnknownSetting[] {
  const closest =
    name.length < 6
      ? swappedName(name, known)
      : closestName(name, known, (rest) => (rest < 8 ? 1 : 2));
  return closest === undefined
    ? []
    : [{ text: `${name} is not read by Synap: did you mean ${closest}?`, closest }];
}

/** Finds the known name that differs by two swapped letters, such as `PORT` for `PROT`. */
function swappedName(name: string, known: ReadonlySet<string>): string | undefined {
  return [...known].find(
    (candidate) =>
      candidate.length === name.length &&
      editDistance(name, candidate, 1) === 1 &&
      sorted(candidate) === sorted(name),
  );
}

const sorted = (text: string) => [...text].sort().join('');

/** Finds the known name with the fewest changed letters, or one that starts with this name. */
function closestName(
  name: string,
  known: ReadonlySet<string>,
  limitOf: (length: number) => number,
): string | undefined {
  const isOwn = name.startsWith(own);
  const rest = isOwn ? name.slice(own.length) : name;
  let limit = limitOf(rest.length);
  let closest: string | undefined;
  for (const candidate of known) {
    if (candidate.startsWith(own) !== isOwn) continue;
    const begun =
      isOwn && rest.length > 3 && candidate.startsWith(name) ? 1 : Number.POSITIVE_INFINITY;
    const distance = Math.min(
      begun,
      editDistance(rest, isOwn ? candidate.slice(own.length) : candidate, limit),
    );
    if (distance > limit) continue;
    [closest, limit] = [candidate, distance - 1];
  }
  return closest;
}
