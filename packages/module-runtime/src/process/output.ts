import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { longestLine } from '../protocol/messages.js';

const windowMs = 100;
const bytesPerWindow = 256_000;
const linesPerWindow = 1_000;

export interface LineSink {
  write(line: string): void;
  /** Counts dropped lines. */
  drop(count: number): void;
}

/**
 * Forwards a stream line by line and slows down a module that floods it. Above 256 kB in 100 ms the
 * stream waits; above 1,000 lines in that time lines are dropped. A line is cut at 8,000
 * characters.
 */
export function forwardLines(stream: Readable, sink: LineSink): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let windowEnds = 0;
  let taken = { bytes: 0, lines: 0 };
  stream.on('data', (chunk: Buffer) => {
    const now = performance.now();
    if (now > windowEnds) [windowEnds, taken] = [now + windowMs, { bytes: 0, lines: 0 }];
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    const left = Math.max(0, linesPerWindow - taken.lines);
    for (const line of lines.slice(0, left))
      if (line.trim() !== '') sink.write(line.slice(0, longestLine));
    if (lines.length > left) sink.drop(lines.length - left);
    taken.bytes += chunk.length;
    taken.lines += lines.length;
    if (taken.bytes < bytesPerWindow) return;
    stream.pause();
    setTimeout(() => stream.resume(), windowMs);
  });
  stream.on('end', () => rest.trim() !== '' && sink.write(rest));
  stream.on('error', () => undefined);
}
