import { toOpenApi30 } from '@synap/rest';
import { restPath } from '../http/transports.js';
import { openApiDocument } from '../openapi/document.js';

/** Prints the OpenAPI document in version 3.1, or 3.0 for tools that do not support 3.1. */
export function openapi(version: string): number {
  if (version !== '3.1' && version !== '3.0') {
    process.stderr.write(`OpenAPI ${version} is not supported: use 3.1 or 3.0.\n`);
    return 2;
  }
  const document = openApiDocument(restPath);
  process.stdout.write(
    `${JSON.stringify(version === '3.0' ? toOpenApi30(document) : document, null, 2)}\n`,
  );
  return 0;
}
