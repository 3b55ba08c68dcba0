import type { Mail } from '@synap/contracts';
import { compiled } from './compiled.js';

export interface RenderedMail {
  subject: string;
  html: string;
  /** The same for programs and people that read no HTML. */
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
/** A value stays on its line: nobody's name writes a paragraph of ours. */
const flat = (text: string) => text.replace(/[\u0000-\u001f\u007f]+/g, ' ');

/** The words of a mail with its values in them, escaped where they stand in HTML. */
export function renderMail({ template, values }: Mail): RenderedMail {
  const { subject, html, text } = compiled[template];
  const known = new Map(
    Object.entries<string | number>(values).map(([name, value]) => [name, flat(String(value))]),
  );
  const fill = (words: string, write: (value: string) => string) =>
    words.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = known.get(name);
      if (value === undefined) throw new Error(`The mail "${template}" needs the value "${name}"`);
      return write(value);
    });
  return { subject, html: fill(html, escapeHtml), text: fill(text, (value) => value) };
}
