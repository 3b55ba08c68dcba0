/** One segment of a path template: fixed text, or a parameter with text around it. */
export type TemplateSegment =
  | { readonly kind: 'fixed'; readonly text: string }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly prefix: string;
      readonly suffix: string;
    };

/**
 * Splits a template such as `/themes/{id}.css` into segments.
 * @throws Error if the template cannot be served.
 */
export function parseTemplate(template: string): TemplateSegment[] {
  const parts = template.split('/');
  const [first, last] = [parts.findIndex(isFilled), parts.findLastIndex(isFilled)];
  return first < 0
    ? []
    : parts.slice(first, last + 1).map((segment) => parseSegment(segment, template));
}

const isFilled = (segment: string) => segment !== '';

function parseSegment(segment: string, template: string): TemplateSegment {
  const open = segment.indexOf('{');
  const close = segment.indexOf('}');
  if (open < 0 && close < 0) return { kind: 'fixed', text: segment };
  const name = segment.slice(open + 1, close);
  const suffix = segment.slice(close + 1);
  if (
    open < 0 ||
    close <= open + 1 ||
    name.includes('{') ||
    suffix.includes('{') ||
    suffix.includes('}')
  ) {
    throw new Error(
      `The path "${template}" cannot be served: use at most one parameter per segment, written as {name}.`,
    );
  }
  return { kind: 'parameter', name, prefix: segment.slice(0, open), suffix };
}

/** Parameter names of a template, in order. */
export const parameterNames = (template: string): string[] =>
  parseTemplate(template).flatMap((segment) =>
    segment.kind === 'parameter' ? [segment.name] : [],
  );

/** Fills a template with percent-encoded values. Returns undefined if a parameter has no value. */
export function fillTemplate(
  template: string,
  lookUp: (name: string) => unknown,
): string | undefined {
  let path = '';
  for (const segment of parseTemplate(template)) {
    if (segment.kind === 'fixed') {
      path += `/${segment.text}`;
      continue;
    }
    const value = lookUp(segment.name);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
      return undefined;
    path += `/${segment.prefix}${encodeURIComponent(String(value))}${segment.suffix}`;
  }
  return path === '' ? '/' : path;
}
