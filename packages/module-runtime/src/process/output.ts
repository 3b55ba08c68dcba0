import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const longestLine = 8_000;
const windowMs = 100;
const bytesPerWindow = 256_000;

/**
 * Hands a stream over line by line. A module that floods it is slowed down, not the server: past 256 kB in 100 ms the stream
 * waits, and a line is cut at 8,000 characters.
 */
export function forwardLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let windowEnds = 0;
  let taken = 0;
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (line.trim() !== '') onLine(line.slice(0, longestLine));
    const now = performance.now();
    if (now > windowEnds) [windowEnds, taken] = [now + windowMs, 0];
    taken += chunk.length;
    if (taken < bytesPerWindow) return;
    stream.pause();
    setTimeout(() => stream.resume(), windowMs);
  });
  stream.on('end', () => rest.trim() !== '' && onLine(rest));
  stream.on('error', () => undefined);
}

const linesPerWindow = 200;
const lineWindowMs = 1_000;

/** Lets 200 lines a second through and tells how many it dropped, so that one module cannot fill the log. */
export function createLineBudget(onDropped: (count: number) => void): (write: () => void) => void {
  let windowEnds = 0;
  let lines = 0;
  let dropped = 0;
  const tell = () => {
    onDropped(dropped);
    dropped = 0;
  };
  return (write) => {
    const now = performance.now();
    if (now > windowEnds) [windowEnds, lines] = [now + lineWindowMs, 0];
    lines += 1;
    if (lines <= linesPerWindow) return write();
    if (dropped === 0) setTimeout(tell, lineWindowMs).unref();
    dropped += 1;
  };
}
