import type { Flow } from './generator.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Reads the last line that a program printed. Throws if it is not the JSON of a flow. */
export function parseFlow(printed: string): Flow {
  const line = printed.trim().split('\n').at(-1) ?? '';
  const value: unknown = JSON.parse(line);
  if (!isObject(value) || !Array.isArray(value.modules))
    throw new Error(`This is no result of a flow: ${line}`);
  return {
    modules: value.modules.map(String),
    created: String(value.created),
    rows: Number(value.rows),
    saved: String(value.saved),
    version: Number(value.version),
    absent: String(value.absent),
  };
}

/** Differences between what a program did and what every program must do. */
export function flowFaults(flow: Flow): string[] {
  const expectations: readonly (readonly [holds: boolean, fault: string])[] = [
    [
      ['git', 'host'].every((id) => flow.modules.includes(id)),
      'The list lacks the modules "git" and "host".',
    ],
    [flow.created === 'Made abroad', 'The created dashboard has another name.'],
    [flow.rows >= 1 && flow.rows <= 2, `With limit=2 the widget gave ${flow.rows} rows.`],
    [flow.saved === 'Saved abroad', 'The saved dashboard has another name.'],
    [flow.version === 2, 'The saved dashboard is not version 2.'],
    [
      flow.absent === 'not_found',
      `Reading a removed dashboard gave the problem code "${flow.absent}".`,
    ],
  ];
  return expectations.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}
