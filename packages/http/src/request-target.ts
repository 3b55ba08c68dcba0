const slash = 47;

/** Matches a request target in absolute form. Rejects userinfo, as RFC 9110 §4.2.4 advises. */
const absoluteForm = /^https?:\/\/([^/?#@]+)([/?].*)?$/i;

/**
 * Converts a request target to origin form (path and query, RFC 9112 §3.2.1) without a fragment.
 * Returns undefined for `*`, an authority, and schemes other than HTTP.
 */
export function originForm(target: string): string | undefined {
  const fragment = target.indexOf('#');
  const text = fragment < 0 ? target : target.slice(0, fragment);
  if (text.charCodeAt(0) === slash) return text;
  const match = absoluteForm.exec(text);
  if (match === null) return undefined;
  const rest = match[2] ?? '/';
  return rest.charCodeAt(0) === slash ? rest : `/${rest}`;
}

/**
 * Host and port of a request target in absolute form (RFC 9112 §3.2.2); undefined for other forms.
 */
export const authorityOf = (target: string): string | undefined =>
  absoluteForm.exec(target.split('#', 1)[0] ?? '')?.[1];
