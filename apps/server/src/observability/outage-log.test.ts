import { expect, it } from 'vitest';
import { createOutageLog } from './outage-log.js';

it('names each reason once a minute, however many calls fail for it', () => {
  const lines: unknown[] = [];
  let now = 0;
  const tell = createOutageLog({ warn: (line: unknown) => void lines.push(line) }, () => now);
  const [full, away] = [
    new Error('could not extend file: No space left on device'),
    new Error('ECONNREFUSED'),
  ];
  for (let call = 0; call < 50; call += 1)
    for (const error of [full, away]) tell(error, `request-${call}`);
  expect(lines).toEqual([
    { err: full, requestId: 'request-0' },
    { err: away, requestId: 'request-0' },
  ]);
  now += 60_000;
  tell(full, 'later');
  expect(lines.at(-1)).toEqual({ err: full, requestId: 'later' });
});
