import type { Mail } from '@synap/contracts';
import { compiled } from './compiled.js';

export interface RenderedMail {
  subject: string;
  html: string;
  /** Plain-text version of `html`. */
  text: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
/** Keeps a value on one line, so that a user's name cannot add paragraphs. */
const toSingleLine = (text: string) => text.replace(/[\u0000-\u001f\u007f]+/g, ' ');

/** Renders a mail with its values, which are escaped in HTML. */
export function renderMail({ template, values }: Mail): RenderedMail {
  const { subject, html, text } = compiled[template];
  const known = new Map(
    Object.entries<string | number>(values).map(([name, value]) => [
      name,
      toSingleLine(String(value)),
    ]),
  );
  const fill = (words: string, write: (value: string) => string) =>
    words.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = known.get(name);
      if (value === undefined) throw new Error(`The mail "${template}" needs the value "${name}"`);
      return write(value);
    });
  return { subject, html: fill(html, escapeHtml), text: fill(text, (value) => value) };
}
