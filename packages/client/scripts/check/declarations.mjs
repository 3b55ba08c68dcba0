// What a published declaration file may hold: types of procedures, and nothing else of the server.
import ts from '@typescript/typescript6';

/** Names that only the server's side of a call has. */
const serverNames =
  /^(?:Prisma\w*|Express|IncomingMessage|ServerResponse|Services|\w+Service|\w+Repository|Call|\w+Call|\w*Actor|AppError|ServiceOf|Endpoint|RestMeta|openapi|authenticate|zod)$/;
/** What is server-side by nature, and is left in by its name alone. */
const emptyTypes = ['Context', 'Meta'];
const procedureType = /(?:Query|Mutation|Subscription)Procedure$/;
/** tRPC's own declarations need it. */
const references = ['esnext.disposable'];

/** The name as it was before bundling, which tells equal ones apart by `$1`. */
const plain = (name) => name.replace(/\$\d+$/, '');

/** What a declaration file takes from elsewhere and holds. */
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
 * What is wrong with a declaration file. `mayImport` are packages, with what lies below them, or
 * files beside it.
 */
export function judgeDeclarations(name, text, mayImport) {
  const found = readDeclarations(text);
  const allowed = (id) => mayImport.some((part) => id === part || id.startsWith(`${part}/`));
  return [
    ...found.imports
      .filter((id) => !allowed(id))
      .map((id) => `imports ${id}; it may import ${mayImport.join(', ')}`),
    ...found.references.filter((id) => !references.includes(id)).map((id) => `refers to ${id}`),
    ...found.ambient.map((id) => `declares ${id}, which reaches outside of it`),
    ...found.anys.map((line) => `says \`any\` in line ${line}`),
    ...[...found.names]
      .filter((id) => serverNames.test(id))
      .map((id) => `names ${id}, which is the server's`),
    ...emptyTypes
      .filter((id) => found.members.get(id))
      .map((id) => `tells what is in the server's ${id}`),
  ].map((fault) => `${name} ${fault}.`);
}
