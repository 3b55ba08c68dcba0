import type { Operation } from '@trpc/client';
import { SynapError } from '../errors/synap-error.js';
import { transformer } from './transformer.js';

/** Longest URL that common proxies accept in their default settings. */
export const maxUrlLength = 8_000;
/** Length of the other parts of the URL. */
const overhead = 50;

/**
 * Checks that the input of a query fits into a URL.
 * @throws SynapError `input_too_large`
 */
export function assertFits(
  rpcUrl: string,
  { path, input }: Pick<Operation, 'path' | 'input'>,
): void {
  if (input === undefined) return;
  const { length } = encodeURIComponent(JSON.stringify(transformer.input.serialize(input)));
  if (rpcUrl.length + path.length + length + overhead <= maxUrlLength) return;
  throw new SynapError(
    'input_too_large',
    `The input of ${path} takes ${length} characters of a URL; the whole URL may have ${maxUrlLength}.`,
  );
}
