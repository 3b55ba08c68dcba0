// Adds the contract's descriptions of procedures and fields to the declarations as TSDoc, and names
// the types of entities.
import ts from '@typescript/typescript6';

/**
 * Name of the type for an entity of the contract, if it differs. The types of `Dashboard` and
 * similar entities depend on declared widgets.
 */
const entityNames = {
  Dashboard: 'PlainDashboard',
  WidgetPlacement: 'PlainPlacement',
  PlaceWidget: 'PlainPlaceWidget',
};

/** Returns the schema of the values themselves, and the first description on the way to it. */
function unwrap(schema, side) {
  let description;
  for (let inner = schema; ; ) {
    const { def } = inner._zod;
    description ??= inner.description;
    // Only wrappers, such as `optional` and `default`, have an inner type.
    if ('innerType' in def) inner = def.innerType;
    else if (def.type === 'pipe') inner = side === 'input' ? def.in : def.out;
    else return { schema: inner, description };
  }
}

const comment = (text) => `/** ${text.replaceAll('*/', '*\\/').replaceAll(/\s*\n\s*/g, ' ')} */`;

/** Applies non-overlapping edits to `text` between two positions. */
function applyEdits(text, start, end, edits) {
  let result = '';
  let position = start;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return result + text.slice(position, end);
}

const nameOf = (member) =>
  ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : undefined;

/** Returns the only member of a union that is of this kind, or the type itself. */
function only(node, isKind) {
  const candidates = (ts.isUnionTypeNode(node) ? [...node.types] : [node]).map((one) =>
    ts.isParenthesizedTypeNode(one) ? one.type : one,
  );
  const [first, ...others] = candidates.filter(isKind);
  return others.length === 0 ? first : undefined;
}

/** Collects aliases of entities, by name: `type User = RouterOutputs['users']['me']['get'];`. */
function entityAliases(file) {
  const isOfRouter = ({ type }) =>
    /^(?:NonNullable<)?(?:RouterOutputs|RouterInputs|Items)\b/.test(type.getText(file));
  const aliases = file.statements.filter(
    (statement) => ts.isTypeAliasDeclaration(statement) && isOfRouter(statement),
  );
  return new Map(aliases.map((alias) => [alias.name.text, alias]));
}

/**
 * Returns the declarations with TSDoc. `procedures` are those of the router, by path. Throws if a
 * procedure is unknown or has no summary.
 */
export function describeDeclarations(text, procedures) {
  const file = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest, true);
  const aliases = entityAliases(file);
  const entities = new Map();
  const indentAt = (position) => {
    const lineStart = text.lastIndexOf('\n', position - 1) + 1;
    return text.slice(lineStart, position).match(/^ */)[0];
  };
  const insert = (node, description) => {
    const start = node.getStart(file);
    return { start, end: start, text: `${comment(description)}\n${indentAt(start)}` };
  };

  /** Returns edits below a type: descriptions of fields, and names in place of entities. */
  function editsOf(node, schema, side) {
    const { schema: inner } = unwrap(schema, side);
    const { def } = inner._zod;
    if (def.type === 'array') {
      const array = only(node, ts.isArrayTypeNode);
      const element = array?.elementType;
      return element
        ? editsOf(ts.isParenthesizedTypeNode(element) ? element.type : element, def.element, side)
        : [];
    }
    const literal = def.type === 'object' ? only(node, ts.isTypeLiteralNode) : undefined;
    if (!literal) return [];
    const fields = literal.members
      .filter(ts.isPropertySignature)
      .flatMap((member) => fieldEdits(member, def.shape, side));
    const { id } = inner.meta() ?? {};
    const name = entityNames[id] ?? id;
    if (!aliases.has(name)) return fields;
    const [start, end] = [literal.getStart(file), literal.getEnd()];
    const written = applyEdits(text, start, end, fields);
    const plain = written.replaceAll(/\s+/g, ' ');
    const entity = entities.get(name) ?? {
      written: written.replaceAll(`\n${indentAt(end - 1)}`, '\n'),
      plain,
    };
    entities.set(name, entity);
    return entity.plain === plain ? [{ start, end, text: name }] : fields;
  }

  function fieldEdits(member, shape, side) {
    const schema = shape[nameOf(member)];
    if (!schema || !member.type) return [];
    const { description } = unwrap(schema, side);
    return [
      ...(description ? [insert(member, description)] : []),
      ...editsOf(member.type, schema, side),
    ];
  }

  function procedureEdits(member, path) {
    const procedure = procedures[path];
    const { summary, description } = procedure?._def.meta?.openapi ?? {};
    if (!summary) throw new Error(`The contract has no summary for ${path}.`);
    const [shape] = member.type.typeArguments;
    const typeOf = (part) => shape.members.find((one) => nameOf(one) === part)?.type;
    const [input] = procedure._def.inputs;
    return [
      insert(member, description ? `${summary}. ${description}` : `${summary}.`),
      ...(input ? editsOf(typeOf('input'), input, 'input') : []),
      ...(procedure._def.output ? editsOf(typeOf('output'), procedure._def.output, 'output') : []),
    ];
  }

  function recordEdits(record, path) {
    return record.members.flatMap((member) => {
      const inner = [...path, nameOf(member)];
      return ts.isTypeLiteralNode(member.type)
        ? recordEdits(member.type, inner)
        : procedureEdits(member, inner.join('.'));
    });
  }

  const declarations = file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  const router = declarations.find((declaration) => declaration.name.getText(file) === 'appRouter');
  if (!router?.type) throw new Error('The declarations hold no appRouter.');
  // The last argument of the router's type is `TRPCDecorateCreateRouterOptions<record>`.
  const [record] = router.type.typeArguments.at(-1).typeArguments;
  const edits = recordEdits(record, []);
  for (const [name, { type }] of aliases) {
    const entity = entities.get(name);
    if (entity)
      edits.push({ start: type.getStart(file), end: type.getEnd(), text: entity.written });
  }
  return applyEdits(text, 0, text.length, edits);
}
