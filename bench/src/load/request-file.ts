import type { BenchRequest } from './target.js';

/** Writes one request per line for `requests.lua`. Throws if a field contains a separator. */
export function toRequestFile(requests: readonly BenchRequest[]): string {
  const lines = requests.map(({ method, path, token = '', body = '' }) => {
    const fields = [method, path, token, body];
    if (fields.some((field) => /[\t\n]/.test(field)))
      throw new Error(`A request must not contain tabs or line breaks: ${method} ${path}`);
    return fields.join('\t');
  });
  return `${lines.join('\n')}\n`;
}
