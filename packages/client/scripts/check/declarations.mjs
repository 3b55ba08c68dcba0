// Checks a published declaration file: it may hold types of procedures, and nothing else of the
// server.
import ts from '@typescript/typescript6';

/** Names that exist only on the server's side of a call. */
const serverNames =
  /^(?:Prisma\w*|Express|IncomingMessage|ServerResponse|Services|\w+Service|\w+Repository|Call|\w+Call|\w*Actor|AppError|ServiceOf|Endpoint|RestMeta|openapi|authenticate|zod)$/;
/** Server-side types of which only the name remains. */
const emptyTypes = ['Context', 'Meta'];
const procedureType = /(?:Query|Mutation|Subscription)Procedure$/;
/** tRPC's own declarations need it. */
const references = ['esnext.disposable'];

/** Returns the name before bundling, which distinguishes equal names by `$1`. */
const plain = (name) => name.replace(/\$\d+$/, '');

/** Reads the imports and the contents of a declaration file. */
export function readDeclarations(text) {
  const file = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const { importedFiles, referencedFiles, typeReferenceDirectives, libReferenceDirectives } =
    ts.preProcessFile(text);
  const found = {
    imports: [...new Set(importedFiles.map(({ fileName }) => fileName))],
    references: [...referencedFiles, ...typeReferenceDirectives, ...libReferenceDirectives].map(
      ({ fileName }) => fileName,
    ),
    ambient: [],
    names: new Set(),
    members: new Map(),
    anys: [],
    procedures: 0,
  };
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword)
      found.anys.push(file.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    if (ts.isModuleDeclaration(node)) found.ambient.push(node.name.text);
    if (ts.isIdentifier(node)) found.names.add(plain(node.text));
    if (ts.isInterfaceDeclaration(node))
      found.members.set(plain(node.name.text), node.members.length);
    if (
      ts.isTypeReferenceNode(node) &&
      procedureType.test(node.typeName.getText()) &&
      node.typeArguments
    )
      found.procedures += 1;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * Returns the faults of a declaration file. `mayImport` lists packages, including their subpaths,
 * or files next to it.
 */
export function judgeDeclarations(name, text, mayImport) {
  const found = readDeclarations(text);
  const allowed = (id) => mayImport.some((part) => id === part || id.startsWith(`${part}/`));
  return [
    ...found.imports
      .filter((id) => !allowed(id))
      .map((id) => `imports ${id}; it may import ${mayImport.join(', ')}`),
    ...found.references.filter((id) => !references.includes(id)).map((id) => `refers to ${id}`),
    ...found.ambient.map((id) => `declares ${id}, which affects other files`),
    ...found.anys.map((line) => `says \`any\` in line ${line}`),
    ...[...found.names]
      .filter((id) => serverNames.test(id))
      .map((id) => `names ${id}, which is the server's`),
    ...emptyTypes
      .filter((id) => found.members.get(id))
      .map((id) => `reveals members of the server's ${id}`),
  ].map((fault) => `${name} ${fault}.`);
}
