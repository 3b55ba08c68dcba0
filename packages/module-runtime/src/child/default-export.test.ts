import { defineModule } from '@synap/module-sdk';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defaultOf } from './default-export.js';

const module = defineModule({ id: 'x', name: 'X', configSchema: z.object({}), widgets: [] });

it('finds the module in what Node imports of an ES module, of CommonJS, and of transpiled CommonJS', () => {
  const transpiled = Object.defineProperty({ default: module }, '__esModule', { value: true });
  expect([module, transpiled].map(defaultOf)).toEqual([module, module]);
});

it.each([undefined, null, 'text', {}, { default: 'text' }])(
  'leaves an export that is no module: %j',
  (exported) => {
    expect(defaultOf(exported)).toEqual(
      typeof exported === 'object' && exported && 'default' in exported ? 'text' : exported,
    );
  },
);
