import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createLineBudget } from '../line-budget.js';
import { forwardLines } from './output.js';

function collect() {
  const stream = new PassThrough();
  const lines: string[] = [];
  let dropped = 0;
  forwardLines(stream, { write: (line) => lines.push(line), drop: (count) => (dropped += count) });
  return { stream, lines, dropped: () => dropped };
}
const ended = (stream: PassThrough) => new Promise((resolve) => stream.once('end', resolve));

describe('the console of a module', () => {
  it('is forwarded line by line, however it is split, including an unterminated last line', async () => {
    const { stream, lines } = collect();
    const bytes = Buffer.from('eins ☃\n\n  \nzwei\ndrei');
    for (const byte of bytes) stream.write(Buffer.of(byte));
    stream.end();
    await ended(stream);
    expect(lines).toEqual(['eins ☃', 'zwei', 'drei']);
  });

  it('has overlong lines cut, so that an endless line cannot fill the memory', async () => {
    const { stream, lines } = collect();
    for (let n = 0; n < 50; n += 1) stream.write('x'.repeat(10_000));
    stream.end('\nnext\n');
    await ended(stream);
    expect(lines.map((line) => line.length)).toEqual([8_000, 4]);
  });

  it('is paused when it floods', async () => {
    const { stream, lines } = collect();
    const started = performance.now();
    for (let n = 0; n < 4; n += 1) stream.write(`${'x'.repeat(255_999)}\n`);
    stream.end();
    await ended(stream);
    expect(lines).toHaveLength(4);
    expect(performance.now() - started).toBeGreaterThan(250);
  });

  it('drops and counts lines above 1,000 in 100 ms', async () => {
    const { stream, lines, dropped } = collect();
    stream.end('x\n'.repeat(30_000));
    await ended(stream);
    expect([lines.length, dropped()]).toEqual([1_000, 29_000]);
  });

  it('passes 200 lines a second, and counts the rest', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    try {
      const dropped: number[] = [];
      let written = 0;
      const budget = createLineBudget((count) => dropped.push(count));
      for (let n = 0; n < 250; n += 1) budget.write(() => (written += 1));
      expect([written, dropped]).toEqual([200, []]);
      vi.advanceTimersByTime(1_001);
      expect(dropped).toEqual([50]);
      budget.write(() => (written += 1));
      expect(written).toBe(201);
    } finally {
      vi.useRealTimers();
    }
  });
});
