const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** Returns a kebab-case name in every form that templates use. */
export function formsOf(kebab) {
  const words = kebab.split('-');
  const Pascal = words.map(capital).join('');
  return {
    kebab,
    snake: words.join('_'),
    SNAKE: words.join('_').toUpperCase(),
    camel: Pascal[0].toLowerCase() + Pascal.slice(1),
    Pascal,
    words: words.join(' '),
    Words: capital(words.join(' ')),
    article: /^[aeiou]/.test(kebab) ? 'an' : 'a',
  };
}

/** Guesses the singular of an English plural: `categories` → `category`, `boxes` → `box`. */
export function singularOf(plural) {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return plural.endsWith('s') ? plural.slice(0, -1) : plural;
}

export const namePattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
