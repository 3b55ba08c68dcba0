import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathTree } from './path-tree.js';

function treeOf(...templates: string[]) {
  const tree = new PathTree<string>();
  for (const template of templates) tree.add('GET', template, template);
  return (path: string) => {
    const match = tree.match(path);
    return match && [match.methods.get('GET'), ...match.values];
  };
}

describe('a path tree', () => {
  it('prefers fixed text, then text around a parameter, then a parameter, in any order of registration', () => {
    for (const order of [
      ['/a/{x}', '/a/{x}.css', '/a/me'],
      ['/a/me', '/a/{x}.css', '/a/{x}'],
    ]) {
      const match = treeOf(...order);
      expect(match('/a/me')).toEqual(['/a/me']);
      expect(match('/a/b.css')).toEqual(['/a/{x}.css', 'b']);
      expect(match('/a/b')).toEqual(['/a/{x}', 'b']);
      expect(match('/a/.css')).toEqual(['/a/{x}', '.css']);
    }
  });

  it('backtracks if the preferred branch has no match', () => {
    const match = treeOf('/a/me/x', '/a/{id}/y', '/{any}/me/z');
    expect(match('/a/me/y')).toEqual(['/a/{id}/y', 'me']);
    expect(match('/a/me/z')).toEqual(['/{any}/me/z', 'a']);
    expect(match('/a/me')).toBeUndefined();
  });

  it('matches dots literally, ignores one trailing slash, and rejects empty parameters', () => {
    const match = treeOf('/a.b', '/c/{id}', '/');
    expect(match('/axb')).toBeUndefined();
    expect(match('/a.b/')).toEqual(['/a.b']);
    expect(match('/A.B')).toEqual(['/a.b']);
    expect(match('/c/')).toBeUndefined();
    expect(match('/c//')).toBeUndefined();
    expect(match('/')).toEqual(['/']);
    expect(match('')).toEqual(['/']);
  });

  it('rejects two operations at one address, and unsupported templates', () => {
    const tree = new PathTree<string>();
    tree.add('GET', '/a/{x}', 'x');
    expect(() => tree.add('GET', '/a/{y}', 'y')).toThrow('Two operations are served at GET /a/{y}');
    tree.add('PUT', '/a/{y}', 'y');
    for (const template of ['/{a}{b}', '/{', '/{}', '/a}b{'])
      expect(() => tree.add('GET', template, 'z')).toThrow(template);
  });

  it('finds any route among a thousand, by its own parameters', () => {
    const tree = new PathTree<number>();
    for (let index = 0; index < 1000; index += 1)
      tree.add('GET', `/area${index % 50}/{a}/item${index}/{b}`, index);
    fc.assert(
      fc.property(fc.nat(999), segment, segment, (index, a, b) => {
        const path = `/area${index % 50}/${encodeURIComponent(a)}/item${index}/${encodeURIComponent(b)}`;
        const match = tree.match(path);
        expect([match?.methods.get('GET'), match?.values]).toEqual([index, [a, b]]);
      }),
    );
    expect(tree.match('/area1/x/item0/y')).toBeUndefined();
  });

  it('decodes once, and keeps an encoded slash in a value', () => {
    fc.assert(
      fc.property(segment, (value) => {
        expect(treeOf('/v/{x}')(`/v/${encodeURIComponent(value)}`)).toEqual(['/v/{x}', value]);
      }),
    );
    expect(() => treeOf('/v/{x}')('/v/%zz')).toThrow(URIError);
  });
});

/** Any text that a segment can contain. */
const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
