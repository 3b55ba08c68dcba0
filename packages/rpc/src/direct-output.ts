import type { AnyTRPCProcedure } from '@trpc/server';
import type { CallOptions } from './invoke-procedure.js';
import type { CompileSerializer } from './options.js';
import { separateOutputParser, type UnvalidatedProcedure } from './output-parser.js';

/** Output of a successful call. */
export interface CallOutput {
  readonly error?: undefined;
  readonly data: unknown;
  /** Serialized output; undefined until the response is written. */
  readonly text?: string;
}

interface DirectProcedure extends UnvalidatedProcedure {
  write(output: unknown): string | undefined;
}

/** Calls procedures whose outputs are written by compiled serializers, without validation. */
export class DirectOutputs {
  readonly #compile: CompileSerializer;
  /** Procedures of lazy routers are compiled at their first call. */
  readonly #compiled = new WeakMap<AnyTRPCProcedure, { direct: DirectProcedure | undefined }>();

  constructor(compile: CompileSerializer) {
    this.#compile = compile;
  }

  /** Calls a procedure. Returns undefined if its output needs validation. */
  call(procedure: AnyTRPCProcedure, options: CallOptions): Promise<CallOutput> | undefined {
    let entry = this.#compiled.get(procedure);
    if (entry === undefined) {
      entry = { direct: this.#directOf(procedure) };
      this.#compiled.set(procedure, entry);
    }
    return entry.direct && callDirectly(entry.direct, options);
  }

  #directOf(procedure: AnyTRPCProcedure): DirectProcedure | undefined {
    const definition: object = procedure._def;
    const write = 'output' in definition ? this.#compile(definition.output) : undefined;
    const separated = write && separateOutputParser(procedure);
    return separated && Object.assign(separated, { write });
  }
}

async function callDirectly(direct: DirectProcedure, options: CallOptions): Promise<CallOutput> {
  const data = await direct.invoke(options);
  const text = direct.write(data);
  return text === undefined ? { data: await direct.validate(data, options) } : { data, text };
}
