import type { Endpoint } from '@synap/contracts';
import type { ProblemExample, RestExamples } from '@synap/rest';
import type { z } from 'zod';

type InputOf<E extends Endpoint> = E extends { input: infer I extends z.ZodType }
  ? { input: z.input<I> }
  : { input?: never };
type OutputOf<E extends Endpoint> =
  z.output<E['output']> extends void ? { output?: never } : { output: z.output<E['output']> };

/** Examples of an endpoint for the documents: typed values and notable errors. */
export type Example<E extends Endpoint> = InputOf<E> &
  OutputOf<E> & { problems?: Readonly<Record<number, ProblemExample>> };

/**
 * Converts an example to JSON. An example that the endpoint would not accept or return does not
 * compile.
 */
export function exampleOf<E extends Endpoint>(
  _endpoint: E,
  { input, output, problems }: Example<E>,
): RestExamples {
  return {
    ...(input !== undefined && { request: json(input) }),
    ...(output !== undefined && { response: json(output) }),
    problems,
  };
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
