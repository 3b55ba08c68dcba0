import { restPath } from '../http/faces.js';
import { openApiDocument } from '../openapi.js';

/** Prints the OpenAPI 3.1 document. */
export function openapi(): number {
  process.stdout.write(`${JSON.stringify(openApiDocument(restPath), null, 2)}\n`);
  return 0;
}
