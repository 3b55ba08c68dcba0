/** Query parameters of tRPC's protocol. */
export interface Query {
  readonly isBatch: boolean;
  /** Inputs of a GET as JSON text; null if the query has none. */
  readonly input: string | null;
  readonly hasConnectionParams: boolean;
}

const empty: Query = { isBatch: false, input: null, hasConnectionParams: false };

/** Parses a query as `URL` does, but only tRPC's parameters, at a third of the cost. */
export function readQuery(search: string): Query {
  if (search === '') return empty;
  const pairs = search.split('&');
  if (pairs.some(hasEncodedName)) return readAsUrl(search);
  const input = firstOf(pairs, 'input');
  const decoded = input === null ? null : decodeValue(input);
  if (decoded === undefined) return readAsUrl(search);
  const batch = firstOf(pairs, 'batch');
  if (batch?.includes('%')) return readAsUrl(search);
  return {
    isBatch: batch === '1',
    input: decoded,
    hasConnectionParams: firstOf(pairs, 'connectionParams') !== null,
  };
}

function readAsUrl(search: string): Query {
  const { searchParams: parameters } = new URL(`http://localhost/?${search}`);
  return {
    isBatch: parameters.get('batch') === '1',
    input: parameters.get('input'),
    hasConnectionParams: parameters.has('connectionParams'),
  };
}

function hasEncodedName(pair: string): boolean {
  const equals = pair.indexOf('=');
  const percent = pair.indexOf('%');
  return percent >= 0 && (equals < 0 || percent < equals);
}

function firstOf(pairs: readonly string[], name: string): string | null {
  for (const pair of pairs) {
    if (pair.startsWith(name) && (pair.length === name.length || pair[name.length] === '='))
      return pair.slice(name.length + 1);
  }
  return null;
}

/** Returns undefined for invalid encoding, which only `URL` tolerates. */
function decodeValue(value: string): string | undefined {
  const spaced = value.includes('+') ? value.replaceAll('+', ' ') : value;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}
