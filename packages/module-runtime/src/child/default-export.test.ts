import { defineModule } from '@synap/module-sdk';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defaultOf } from './default-export.js';

const module = defineModule({ id: 'x', name: 'X', configSchema: z.object({}), widgets: [] });

it('finds the module in imports of ES modules, CommonJS and transpiled CommonJS', () => {
  const transpiled = Object.defineProperty({ default: module }, '__esModule', { value: true });
  expect([module, transpiled].map(defaultOf)).toEqual([module, module]);
});

it.each([undefined, null, 'text', {}, { default: 'text' }])(
  'returns an export that is not a module unchanged: %j',
  (exported) => {
    expect(defaultOf(exported)).toEqual(
      typeof exported === 'object' && exported && 'default' in exported ? 'text' : exported,
    );
  },
);
