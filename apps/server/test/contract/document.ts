import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ApiResponse } from './clients.js';
import { isRecord } from './json.js';
import { type Procedure, routeOf } from './procedures.js';

/** Validates responses against the served document. */
export interface ServedDocument {
  /** Returns the listed statuses of a procedure, in order. */
  statusesOf(procedure: Procedure): number[];
  /** True if the document lists the header as a parameter. */
  acceptsIdempotencyKey(procedure: Procedure): boolean;
  /** Explains why a response violates the document; undefined if it conforms. */
  violationOf(procedure: Procedure, response: ApiResponse): string | undefined;
}

const documentId = 'https://synap.test/openapi.json';
const part = (text: string) => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Resolves a path of property names. */
function valueAt(value: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
}

export async function readDocument(origin: string): Promise<ServedDocument> {
  const document: unknown = await (await fetch(`${origin}/api/v1/openapi.json`)).json();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: documentId, ...(isRecord(document) && document) });
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string) => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `${documentId}#${pointer}` });
    validators.set(pointer, known);
    return known;
  };

  const keysOf = (procedure: Procedure) => {
    const { method, template } = routeOf(procedure);
    return ['paths', template, method.toLowerCase()];
  };
  const operationOf = (procedure: Procedure) => {
    const operation = valueAt(document, ...keysOf(procedure));
    if (!isRecord(operation))
      throw new Error(`The document has no operation for ${procedure.path}.`);
    return operation;
  };
  const responseOf = (procedure: Procedure, status: number) => {
    const keys = [...keysOf(procedure), 'responses', String(status)];
    const reference = valueAt(document, ...keys, '$ref');
    const found = typeof reference === 'string' ? reference.slice(2).split('/') : keys;
    return { keys: found, response: valueAt(document, ...found) };
  };

  return {
    statusesOf: (procedure) => Object.keys(Object(operationOf(procedure).responses)).map(Number),
    acceptsIdempotencyKey(procedure) {
      const { parameters } = operationOf(procedure);
      return (
        Array.isArray(parameters) &&
        parameters.some((one) => isRecord(one) && one.name === 'Idempotency-Key')
      );
    },
    violationOf(procedure, { status, headers, text, json, error }) {
      const { keys, response } = responseOf(procedure, status);
      if (!isRecord(response)) return `${status} is not documented`;
      const missing = missingHeaders(response, status, headers);
      if (missing.length > 0) return `${status} lacks ${missing.join(', ')}`;
      const content = isRecord(response.content) ? Object.keys(response.content) : [];
      const type = headers.get('content-type') ?? undefined;
      if (content.length === 0)
        return text === '' ? undefined : `${status} is documented without a body`;
      if (type === undefined || !content.includes(type))
        return `${status} came as ${type}, documented is ${content.join(', ')}`;
      const validate = validatorOf(`/${[...keys, 'content', type, 'schema'].map(part).join('/')}`);
      const errors = validate(status >= 400 ? error : json) ? [] : (validate.errors ?? []);
      return errors.length === 0 ? undefined : `${status}: ${ajv.errorsText(errors)}`;
    },
  };
}

/** Headers that are sent only under certain conditions. */
const conditional = new Set(['Accept', 'Link', 'Idempotency-Replayed', 'Retry-After']);

const missingHeaders = (
  response: Record<string, unknown>,
  status: number,
  headers: Headers,
): string[] =>
  Object.keys(Object(response.headers)).filter(
    (name) =>
      !headers.has(name) && (!conditional.has(name) || (name === 'Retry-After' && status === 429)),
  );
