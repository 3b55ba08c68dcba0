import { expect, it } from 'vitest';
import type { FromModuleOnWire } from '../protocol/messages.js';
import { createHostCalls } from './host-calls.js';

const event = (key: string, text: string) => ({
  key,
  type: 'bench.turn',
  time: new Date(0),
  payload: { text },
});

it('splits events into small messages; a large event is sent alone', async () => {
  const sent: FromModuleOnWire[] = [];
  const hostCalls = createHostCalls((message) => {
    sent.push(message);
    if (message.kind === 'ask')
      queueMicrotask(() =>
        hostCalls.receive({ kind: 'answer', ask: message.ask, ok: true, value: null }),
      );
  });
  const events = [
    ...Array.from({ length: 600 }, (_, n) => event(`small ${n}`, '')),
    ...Array.from({ length: 50 }, (_, n) => event(`medium ${n}`, 'ä'.repeat(3_000))),
    event('large', 'x'.repeat(200_000)),
    event('last', ''),
  ];
  await hostCalls.emit(1)(events);
  const keys = sent.map((message) =>
    message.kind === 'ask' && message.question.kind === 'emit'
      ? message.question.events.map(({ key }) => key)
      : [],
  );
  expect(keys.flat()).toEqual(events.map(({ key }) => key));
  expect(keys[0]).toHaveLength(500);
  expect(keys.at(-2)).toEqual(['large']);
  expect(keys.at(-1)).toEqual(['last']);
  const sizes = sent.map((message) => Buffer.byteLength(JSON.stringify(message)));
  expect(Math.max(...sizes.filter((_, index) => index !== sizes.length - 2))).toBeLessThan(140_000);
});
