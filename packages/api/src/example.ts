import type { Endpoint } from '@synap/contracts';
import type { ProblemExample, RestExamples } from '@synap/rest';
import type { z } from 'zod';

type InputOf<E extends Endpoint> = E extends { input: infer I extends z.ZodType }
  ? { input: z.input<I> }
  : { input?: never };
type OutputOf<E extends Endpoint> =
  z.output<E['output']> extends void ? { output?: never } : { output: z.output<E['output']> };

/**
 * What the documents show of an endpoint: values of its own types, and the errors worth showing.
 */
export type Example<E extends Endpoint> = InputOf<E> &
  OutputOf<E> & { problems?: Readonly<Record<number, ProblemExample>> };

/**
 * The example as it goes over the wire. One that the endpoint would not accept, or not answer, does
 * not compile.
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
