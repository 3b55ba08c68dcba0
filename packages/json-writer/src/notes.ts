import { unexpected } from './errors.js';
import { escapeKey } from './superjson-writer.js';

/** Superjson's annotations of an output, in the order of its text. */
export class Notes {
  /** Objects whose identity the output keeps: superjson writes repeated ones as references. */
  readonly seen = new Set<object>();
  #count = 0;
  #last = '';
  #text = '';
  #ofRoot = '';

  /** Number of annotations. */
  get count(): number {
    return this.#count;
  }

  /** Path of the last annotation. */
  get last(): string {
    return this.#last;
  }

  /** Annotates the value at a path, which is JSON text without quotation marks. */
  add(path: string, type: string): void {
    if (path === '') this.#ofRoot = `["${type}"]`;
    else this.#text += `${this.#count === 0 ? '' : ','}"${path}":["${type}"]`;
    this.#count += 1;
    this.#last = path;
  }

  /** Envelope of superjson around the JSON. */
  wrap(json: string): string {
    if (this.#count === 0) return `{"json":${json}}`;
    const values = this.#ofRoot === '' ? `{${this.#text}}` : this.#ofRoot;
    return `{"json":${json},"meta":{"values":${values},"v":1}}`;
  }
}

/** Escapes a key for a path. */
export const pathKey = (key: string): string => JSON.stringify(escapeKey(key)).slice(1, -1);

export const childPath = (path: string, key: string): string =>
  path === '' ? key : `${path}.${key}`;

/** Checks the order of annotations in one list or record. */
export class NoteOrder {
  #hasNested = false;
  #before: number;

  constructor(readonly notes: Notes) {
    this.#before = notes.count;
  }

  /**
   * Call it after each child whose key is an index. An object hoists such keys before the paths of
   * nested values.
   * @throws `unexpected` if superjson would write the annotations in another order.
   */
  check(path: string): void {
    const { count, last } = this.notes;
    if (count === this.#before) return;
    this.#before = count;
    if (last !== path) this.#hasNested = true;
    else if (this.#hasNested) throw unexpected;
  }
}
