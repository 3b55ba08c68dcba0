import { damagedError } from './backup-error.js';

/** One file of an archive, held in memory. */
export interface ArchiveEntry {
  name: string;
  content: Buffer;
}

const blockBytes = 512;
/** Maximum size of an entry that is read. The writer's parts are much smaller. */
const maxEntryBytes = 64 * 1024 * 1024;

const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
const padding = (bytes: number) => (blockBytes - (bytes % blockBytes)) % blockBytes;

/** Builds a POSIX ustar header. Equal names and sizes yield equal bytes. */
function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`The entry name ${name} is too long`);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0);
  header.write(
    `${octal(0o600, 7)}${octal(0, 7)}${octal(0, 7)}${octal(size, 11)}${octal(0, 11)}        0`,
    100,
  );
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)} `, 148);
  return header;
}

/** Writes entries as a tar stream, which ends with two empty blocks. */
export async function* toTar(entries: AsyncIterable<ArchiveEntry>): AsyncGenerator<Buffer> {
  for await (const { name, content } of entries) {
    yield tarHeader(name, content.length);
    yield content;
    yield Buffer.alloc(padding(content.length));
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** Reads exact numbers of bytes. Rejects if the source ends too early. */
function createReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let buffered: Buffer = Buffer.alloc(0);
  return {
    async readExactly(bytes: number): Promise<Buffer> {
      const parts = [buffered];
      let length = buffered.length;
      while (length < bytes) {
        const { done, value } = await iterator.next();
        if (done) throw damagedError('it ends too early');
        parts.push(value);
        length += value.length;
      }
      const all = Buffer.concat(parts);
      buffered = all.subarray(bytes);
      return all.subarray(0, bytes);
    },
    async isAtEnd(): Promise<boolean> {
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        if (next.value.length > 0) return false;
      return buffered.length === 0;
    },
  };
}

const empty = Buffer.alloc(blockBytes);

function textAt(header: Buffer, start: number, end: number): string {
  const field = header.toString('latin1', start, end);
  const terminator = field.indexOf('\0');
  return terminator < 0 ? field : field.slice(0, terminator);
}

/** Reads a tar stream that `toTar` wrote. Rejects any other header as damage. */
export async function* fromTar(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const { readExactly, isAtEnd } = createReader(source);
  for (;;) {
    const header = await readExactly(blockBytes);
    if (header.equals(empty)) break;
    const name = textAt(header, 0, 100);
    const size = Number.parseInt(textAt(header, 124, 136), 8);
    if (!(size >= 0 && size <= maxEntryBytes) || !header.equals(tarHeader(name, size)))
      throw damagedError('an entry has no valid header');
    const content = await readExactly(size);
    const filler = await readExactly(padding(size));
    if (filler.some((byte) => byte !== 0)) throw damagedError(`${name} is followed by other bytes`);
    yield { name, content };
  }
  if (!(await readExactly(blockBytes)).equals(empty) || !(await isAtEnd()))
    throw damagedError('bytes follow its end');
}
