import type { Operation } from '@trpc/client';
import { SynapError } from '../errors/synap-error.js';
import { transformer } from './transformer.js';

/** Longest URL that common proxies take in their default settings. */
export const maxUrlLength = 8_000;
/** Room for the parts of a URL beside path and input. */
const overhead = 50;

/** Throws `input_too_large` for a query whose input no URL can carry. */
export function assertFits(
  rpcUrl: string,
  { path, input }: Pick<Operation, 'path' | 'input'>,
): void {
  if (input === undefined) return;
  const { length } = encodeURIComponent(JSON.stringify(transformer.input.serialize(input)));
  if (rpcUrl.length + path.length + length + overhead <= maxUrlLength) return;
  throw new SynapError(
    'input_too_large',
    `The input of ${path} needs ${length} characters of a URL, which takes ${maxUrlLength}.`,
  );
}
