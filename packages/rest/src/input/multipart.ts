import type { IncomingMessage } from 'node:http';
import { bodyCutShort, bodyTooLarge } from '@synap/http';
import { TRPCError } from '@trpc/server';
import { toInputFailure } from './input-error.js';

/**
 * One part of a `multipart/form-data` body (RFC 7578). Read its content before requesting the next
 * part; otherwise it is skipped.
 * @example
 * ```ts
 * for await (const { name, content } of input.parts) {
 *   if (name === 'file') await pipeline(content, createWriteStream(target));
 * }
 * ```
 */
export interface MultipartPart {
  readonly name: string;
  /** File name as sent by the client; undefined for a plain field. Never use it as a path. */
  readonly filename: string | undefined;
  /** As sent by the client; not verified. */
  readonly contentType: string | undefined;
  /** Bytes as they arrive, with backpressure on the connection. */
  readonly content: AsyncIterable<Uint8Array>;
  /**
   * Reads a short part as UTF-8.
   * @param limit Maximum size in bytes; 102,400 by default.
   * @throws TRPCError `PAYLOAD_TOO_LARGE` past the limit.
   */
  text(limit?: number): Promise<string>;
}

const maxParts = 100;
const maxHeaderBytes = 8192;

const malformed = (message: string) =>
  new TRPCError({ code: 'BAD_REQUEST', message: `The multipart body is malformed: ${message}.` });

/**
 * Reads the boundary of a `multipart/form-data` content type.
 * @throws TRPCError `BAD_REQUEST` if it has none (RFC 2046 §5.1.1).
 */
export function boundaryOf(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw malformed('its content type has no boundary');
  return boundary;
}

/**
 * Yields the parts of a body in order, without buffering them.
 * @throws TRPCError `PAYLOAD_TOO_LARGE` past `limit` bytes in total.
 */
export async function* readParts(
  req: IncomingMessage,
  boundary: string,
  limit: number,
): AsyncGenerator<MultipartPart> {
  const source = new ByteSource(req, limit);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await drain(source.until(delimiter));
  for (let count = 0; (await source.take(2)) !== '--'; count += 1) {
    if (count === maxParts)
      throw new TRPCError({
        code: 'PAYLOAD_TOO_LARGE',
        message: `Send at most ${maxParts} parts.`,
      });
    const headers = await collect(source.until(Buffer.from('\r\n\r\n')), maxHeaderBytes);
    const content = source.until(delimiter);
    yield { ...readHeaders(headers), content, text: (most = 102_400) => collect(content, most) };
    await drain(content);
  }
}

/** Reads a request up to a delimiter. Buffers surplus bytes for the next read. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #limit: number;
  /** Starts with a line break, because a body may begin with its first delimiter. */
  #buffer: Buffer = Buffer.from('\r\n');
  #size = 0;

  constructor(req: IncomingMessage, limit: number) {
    this.#chunks = req.iterator({ destroyOnReturn: false });
    this.#limit = limit;
  }

  /** Yields the bytes before a delimiter and consumes the delimiter. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer, void> {
    for (;;) {
      const end = this.#buffer.indexOf(delimiter);
      if (end >= 0) {
        const last = this.#buffer.subarray(0, end);
        this.#buffer = this.#buffer.subarray(end + delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      const safe = this.#buffer.length - delimiter.length + 1;
      if (safe > 0) {
        const chunk = this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
        yield chunk;
      }
      await this.#fill();
    }
  }

  async take(count: number): Promise<string> {
    while (this.#buffer.length < count) await this.#fill();
    const taken = this.#buffer.subarray(0, count).toString('latin1');
    // The line break after a delimiter stays in the buffer: the search for the end of the headers
    // starts there.
    if (taken === '--') this.#buffer = this.#buffer.subarray(count);
    else if (taken !== '\r\n') throw malformed('something follows a boundary');
    return taken;
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#next();
    if (done) throw malformed('it ends too early');
    this.#size += value.length;
    if (this.#size > this.#limit) throw toInputFailure(bodyTooLarge(this.#limit));
    this.#buffer = Buffer.concat([this.#buffer, value]);
  }

  async #next(): Promise<IteratorResult<Buffer, unknown>> {
    try {
      return await this.#chunks.next();
    } catch {
      throw toInputFailure(bodyCutShort());
    }
  }
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}

async function collect(content: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limit) throw toInputFailure(bodyTooLarge(limit));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}

function readHeaders(text: string): Pick<MultipartPart, 'name' | 'filename' | 'contentType'> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = dispositionParameter(disposition, 'name');
  if (!/^form-data\s*;/i.test(disposition) || name === undefined)
    throw malformed('a part has no name');
  return {
    name,
    filename: dispositionParameter(disposition, 'filename'),
    contentType: headers.get('content-type'),
  };
}

const dispositionParameters = {
  name: /;\s*name="((?:[^"\\]|\\.)*)"/i,
  filename: /;\s*filename="((?:[^"\\]|\\.)*)"/i,
};

/**
 * Decodes a parameter of Content-Disposition. Browsers only encode `"` as %22 and line breaks as
 * %0D%0A (WHATWG HTML, multipart/form-data).
 */
function dispositionParameter(
  disposition: string,
  name: keyof typeof dispositionParameters,
): string | undefined {
  const value = dispositionParameters[name].exec(disposition)?.[1];
  return value
    ?.replaceAll('%22', '"')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll(/\\(["\\])/g, '$1');
}
