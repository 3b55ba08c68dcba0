import type { InputIssue } from '@synap/http';
import { type $ZodType, safeParse } from 'zod/v4/core';
import type { Coercer } from './combinators.js';

/**
 * Selects the first option that accepts the value. If there is none, uses the first that could
 * convert it, so that its issues are reported.
 */
export function union(options: readonly $ZodType[], of: (inner: $ZodType) => Coercer): Coercer {
  const candidates = options.map((option) => ({ option, coerce: of(option) }));
  return (node, path, issues) => {
    let readable: { value: unknown } | undefined;
    for (const { option, coerce } of candidates) {
      const optionIssues: InputIssue[] = [];
      const value = coerce(node, path, optionIssues);
      if (optionIssues.length > 0) continue;
      if (accepts(option, value)) return value;
      readable ??= { value };
    }
    if (readable) return readable.value;
    return candidates[0]?.coerce(node, path, issues);
  };
}

/** Selects the option that the discriminator names. */
export function discriminated(
  name: string,
  options: readonly $ZodType[],
  of: (inner: $ZodType) => Coercer,
): Coercer {
  const byText = new Map<string, Coercer>();
  for (const option of options) {
    for (const value of option._zod.propValues?.[name] ?? []) byText.set(String(value), of(option));
  }
  const fallback = union(options, of);
  return (node, path, issues) => {
    const text = node.children?.get(name)?.values[0];
    return ((text === undefined ? undefined : byText.get(text)) ?? fallback)(node, path, issues);
  };
}

/** True if a schema accepts a value, or if that cannot be checked synchronously. */
export function accepts(schema: $ZodType, value: unknown): boolean {
  try {
    return safeParse(schema, value).success;
  } catch {
    return true;
  }
}
