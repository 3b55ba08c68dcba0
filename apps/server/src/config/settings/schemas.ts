import { z } from 'zod';

/** Values of a group of settings after validation. */
export type SettingsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** Rule that a setting breaks. */
export interface SettingFault {
  name: string;
  message: string;
}

/** Returns the fault unless the rule holds. */
export const faultUnless = (holds: boolean, name: string, message: string): SettingFault[] =>
  holds ? [] : [{ name, message }];

const blankIsAbsent = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess(blankIsAbsent, schema.optional());

export const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) =>
  z.preprocess((given) => blankIsAbsent(given) ?? value, schema);

/** Comma-separated values. Empty by default. */
export const list = withDefault(
  z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  ),
  '',
);

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

export const port = wholeNumber(0, 65_535);

export const decimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number)
  .pipe(z.number().min(1, 'must be at least 1'));

export const oneOf = <const T extends readonly string[]>(
  values: T,
  text = `must be one of: ${values.join(', ')}`,
) => z.enum(values, text);

export const onOff = oneOf(['on', 'off', 'true', 'false', '1', '0'], 'must be on or off').transform(
  (text) => ['on', 'true', '1'].includes(text),
);
