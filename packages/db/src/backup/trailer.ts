import { createHash } from 'node:crypto';
import { damagedError } from './backup-error.js';

/**
 * The trailer is an empty gzip member (RFC 1952) whose extra field holds the SHA-256 of all bytes
 * before it. Tools that unpack gzip skip it. `checkTrailer` detects any changed, missing or added
 * byte of the file, even those that gzip ignores.
 */
const start = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 36, 0, 0x53, 0x59, 32, 0]);
const end = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const trailerOf = (digest: Buffer) => Buffer.concat([start, digest, end]);
const trailerBytes = start.length + 32 + end.length;

/** Appends the trailer. */
export async function* addTrailer(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
  yield trailerOf(hash.digest());
}

/** Removes the trailer. Throws at the end if it does not match the bytes before it. */
export async function* checkTrailer(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const all = Buffer.concat([buffered, chunk]);
    const ready = all.subarray(0, Math.max(0, all.length - trailerBytes));
    buffered = all.subarray(ready.length);
    hash.update(ready);
    if (ready.length > 0) yield ready;
  }
  if (!buffered.equals(trailerOf(hash.digest()))) throw damagedError('its trailer does not fit');
}
