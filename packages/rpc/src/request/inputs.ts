import {
  InputError,
  isForbiddenKey,
  isRecord,
  keyIssue,
  RequestError,
  withoutByteOrderMark,
} from '@synap/http';
import { TRPCError } from '@trpc/server';

/** Inputs of a request by the index of their call. */
type InputRecord = Readonly<Record<number, unknown>>;

export interface InputSource {
  /** Input side of the router's transformer. */
  readonly transformer: { readonly deserialize: (input: unknown) => unknown };
  /** JSON text; empty or null if there is no input. */
  readonly readText: () => string | null | Promise<string>;
  readonly isBatch: boolean;
  readonly size: number;
}

/** Inputs of one request; read and decoded once, when a procedure first requests one. */
export class Inputs {
  readonly #source: InputSource;
  #reading: Promise<InputRecord> | undefined;
  #record: InputRecord | undefined;
  /** True while the body is being received. */
  isBodyPending = false;

  constructor(source: InputSource) {
    this.#source = source;
  }

  /**
   * Reads the input of a call.
   * @throws TRPCError `BAD_REQUEST` with the parser's message if the inputs are malformed.
   */
  async read(index: number): Promise<unknown> {
    this.#reading ??= this.#read();
    this.#record ??= await this.#reading;
    return this.#record[index];
  }

  /** Input of a call; undefined if it has not been read. */
  peek(index: number): unknown {
    return this.#record?.[index];
  }

  async #read(): Promise<InputRecord> {
    try {
      const text = this.#source.readText();
      return this.#decode(text instanceof Promise ? await this.#await(text) : text);
    } catch (cause) {
      if (cause instanceof TRPCError) throw cause;
      if (cause instanceof RequestError) throw bodyError(cause);
      const message = cause instanceof Error ? cause.message : 'Invalid input';
      throw new TRPCError({ code: 'BAD_REQUEST', message, cause });
    }
  }

  async #await(body: Promise<string>): Promise<string> {
    this.isBodyPending = true;
    try {
      return await body;
    } finally {
      this.isBodyPending = false;
    }
  }

  #decode(text: string | null): InputRecord {
    if (text === null || text === '') return [];
    const inputs: unknown = JSON.parse(withoutByteOrderMark(text));
    const { transformer, isBatch, size } = this.#source;
    if (!isBatch) return [transformer.deserialize(inputs)];
    if (!isRecord(inputs)) {
      throw new TRPCError({
        code: 'BAD_REQUEST',
        message: '"input" needs to be an object when doing a batch call',
      });
    }
    const forbidden = Object.keys(inputs).filter(isForbiddenKey);
    if (forbidden.length > 0) throw new InputError(forbidden.map((key) => keyIssue([key])));
    return Array.from({ length: size }, (_, index) =>
      inputs[index] === undefined ? undefined : transformer.deserialize(inputs[index]),
    );
  }
}

/** Like tRPC's adapter, does not tell the limit. */
const bodyError = ({ code, message }: RequestError): TRPCError =>
  new TRPCError(code === 'PAYLOAD_TOO_LARGE' ? { code } : { code, message });
