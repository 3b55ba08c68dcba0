/** A migration statement that blocks others, is slow on large tables, or removes data. */
export interface Notable {
  /** First words of the statement. */
  statement: string;
  effect: string;
}

/** Returns the end of a comment or quoted text, in which a semicolon is not a separator. */
function endOfQuoted(sql: string, at: number): number {
  const rest = sql.slice(at, at + 64);
  const closing = (text: string, length: number) => {
    const end = sql.indexOf(text, at + length);
    return end < 0 ? sql.length : end + text.length;
  };
  if (rest.startsWith('--')) return closing('\n', 2);
  if (rest.startsWith('/*')) return closing('*/', 2);
  if (rest.startsWith("'")) return closing("'", 1);
  if (rest.startsWith('"')) return closing('"', 1);
  const tag = /^\$\w{0,40}\$/.exec(rest)?.[0];
  return tag === undefined ? at : closing(tag, tag.length);
}

const isComment = (sql: string, at: number) => sql.startsWith('--', at) || sql.startsWith('/*', at);

/** Splits a script into statements, without comments and with single spaces. */
export function statementsOf(sql: string): string[] {
  const statements: string[] = [];
  let current = '';
  for (let at = 0; at < sql.length; ) {
    const end = endOfQuoted(sql, at);
    if (end > at) {
      current += isComment(sql, at) ? ' ' : sql.slice(at, end);
      at = end;
      continue;
    }
    if (sql[at] === ';') {
      statements.push(current);
      current = '';
    } else current += sql[at];
    at += 1;
  }
  return [...statements, current]
    .map((statement) => statement.split(/\s+/).join(' ').trim())
    .filter(Boolean);
}

const locks = 'no reading or writing of the table meanwhile';
/** Patterns that must all match, and the effect. The first matching rule counts. */
const rules: [RegExp[], string][] = [
  [[/^DROP TABLE|\bDROP COLUMN\b/i], 'removes data for good'],
  [[/^TRUNCATE\b|^DELETE FROM\b/i], 'removes rows'],
  [[/^UPDATE\b/i], 'changes rows, which are locked until the end of the migration'],
  [[/\bALTER COLUMN \S+ (?:SET DATA )?TYPE\b/i], `rewrites the table; ${locks}`],
  [
    [/\bADD COLUMN\b/i, /\b(?:gen_random_uuid|uuidv7|random|clock_timestamp|nextval) ?\(/i],
    `rewrites the table; ${locks}`,
  ],
  [[/\bADD COLUMN\b/i, /\b(?:SERIAL|GENERATED ALWAYS)\b/i], `rewrites the table; ${locks}`],
  [[/^CLUSTER\b|^VACUUM FULL\b/i], `rewrites the table; ${locks}`],
  [[/\bSET NOT NULL\b/i], `reads the whole table; ${locks}`],
  [
    [/\bADD CONSTRAINT\b/i, /\bFOREIGN KEY\b/i],
    'reads the whole table; no writing of either table meanwhile',
  ],
  [[/\bADD CONSTRAINT\b/i], `reads the whole table; ${locks}`],
  [
    [/^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY\b)/i],
    'reads the whole table; no writing of the table meanwhile',
  ],
  [[/^CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER\b/i], 'no writing of the table for a moment'],
  [[/^ALTER TABLE\b/i], `${locks}, for a moment`],
];

const tableOf = (statement: string) =>
  /^(?:ALTER TABLE|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?)(?: IF EXISTS)?(?: ONLY)? "?(\w+)/i.exec(
    statement,
  )?.[1] ?? /\bON "?(\w+)/i.exec(statement)?.[1];

/**
 * Lists statements worth knowing before a migration. Skips tables that it creates, because they are
 * empty.
 */
export function notableStatements(sql: string): Notable[] {
  const statements = statementsOf(sql);
  const made = new Set(
    statements.flatMap(
      (statement) => /^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)/i.exec(statement)?.[1] ?? [],
    ),
  );
  return statements.flatMap((statement) => {
    const table = tableOf(statement);
    const effect = rules.find(([patterns]) =>
      patterns.every((pattern) => pattern.test(statement)),
    )?.[1];
    if (effect === undefined || (table !== undefined && made.has(table))) return [];
    return [
      { statement: statement.length > 100 ? `${statement.slice(0, 99)}…` : statement, effect },
    ];
  });
}
