import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../pnpm.mjs';
import { fail } from './run.mjs';

const templates = join(import.meta.dirname, '../templates');

/** Replaces `{{path.to.value}}` by the value. Throws if there is none. */
function fill(template, values) {
  return template.replaceAll(/\{\{([\w.]+)\}\}/g, (_, path) => {
    const value = path.split('.').reduce((inner, key) => inner?.[key], values);
    if (typeof value !== 'string') throw new Error(`The template has an unknown value: ${path}`);
    return value;
  });
}

/** Collects new files and new lines, and writes all of them or, if one cannot be written, none. */
export function createPlan(values) {
  const contents = new Map();
  /** Files and folders as they were; undefined for those that did not exist. */
  const originals = new Map();
  const read = (path) => contents.get(path) ?? readFileSync(join(root, path), 'utf8');
  function remember(path) {
    const file = join(root, path);
    if (!existsSync(file)) originals.set(path, undefined);
    else
      originals.set(
        path,
        statSync(file).isDirectory() ? readdirSync(file) : readFileSync(file, 'utf8'),
      );
  }

  return {
    /** Creates a file from a template; fails if it exists. */
    add(path, template) {
      const target = fill(path, values);
      if (existsSync(join(root, target))) fail(`${target} exists already.`);
      contents.set(target, fill(readFileSync(join(templates, `${template}.tmpl`), 'utf8'), values));
    },

    /**
     * Inserts a line into a list: the lines that match `lines`, from the text `from` to the next
     * blank line or closing bracket. A sorted list stays sorted, others get it at their end, or
     * with `first` at their start.
     */
    insert(path, { from = '', lines, line, first: atStart = false }) {
      const added = fill(line, values);
      const text = read(path).split('\n');
      const start = text.findIndex((one) => one.includes(from));
      const first = text.findIndex((one, index) => index >= start && lines.test(one));
      if (start === -1 || first === -1)
        fail(`${path} no longer has a list after "${from}": adapt scripts/create-*.`);
      if (text.includes(added)) fail(`${path} has this line already: ${added.trim()}`);
      const end = text.findIndex((one, index) => index > first && /^(?:[}\])]|$)/.test(one));
      const items = text.slice(first, end).filter((one) => lines.test(one));
      const isSorted = items.every((one, index) => index === 0 || (items[index - 1] ?? '') <= one);
      const next = isSorted ? items.find((one) => one > added) : undefined;
      const position = next === undefined ? end : text.indexOf(next, first);
      text.splice(atStart ? first : position, 0, added);
      contents.set(path, text.join('\n'));
    },

    /** Changes a JSON file. `edit` receives its content and the values of templates. */
    json(path, edit) {
      const content = JSON.parse(read(path));
      edit(content, values);
      contents.set(path, `${JSON.stringify(content, null, 2)}\n`);
    },

    /** Remembers a file or folder that a later step changes, so that `undo` restores it. */
    remember,

    /** Writes everything. Returns the paths. */
    write() {
      for (const [path, content] of contents) {
        remember(path);
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      return [...contents.keys()];
    },

    /** Restores everything that was written or remembered. */
    undo() {
      for (const [path, before] of originals) {
        const file = join(root, path);
        if (before === undefined) rmSync(file, { recursive: true, force: true });
        else if (typeof before === 'string') writeFileSync(file, before);
        else
          for (const name of readdirSync(file).filter((one) => !before.includes(one)))
            rmSync(join(file, name), { recursive: true });
      }
    },
  };
}
