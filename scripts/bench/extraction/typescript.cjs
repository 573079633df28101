// What the TypeScript compiler tells of files: definitions, members of types, and calls. Reads JSON from standard input, writes JSON.
// The package `typescript` must be where Node looks for it: NODE_PATH.
const ts = require("typescript");
const { SyntaxKind: K } = ts;

function nameOf(node) {
  const name = node.name;
  if (!name) return "";
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  return "";
}

const isFunction = (node) => node && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));
const isWrapped = (node) => node && ts.isCallExpression(node) && isFunction(node.arguments[0]);

function docOf(node) {
  const docs = ts.getJSDocCommentsAndTags(node).filter((one) => one.kind === K.JSDoc);
  const said = docs.length ? docs[docs.length - 1].comment : "";
  const text = typeof said === "string" ? said : (said || []).map((part) => part.text).join("");
  return (text || "").trim().slice(0, 40);
}

function told(path, text) {
  const kind = path.endsWith(".tsx") || path.endsWith(".js") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith(".js") ? ts.ScriptKind.JSX : kind);
  const found = { definitions: [], members: [], calls: [], also: [] };
  const line = (position) => file.getLineAndCharacterOfPosition(position).line + 1;
  const add = (list, name, node, group, owner, doc) => {
    if (name) list.push([name, line((node.name || node).getStart(file)), line(node.end), group, owner, doc]);
  };
  const names = (pattern) => pattern.elements.flatMap((one) =>
    !one.name ? [] : ts.isIdentifier(one.name) ? [one.name] : names(one.name));

  function visit(node, owner, atTop) {
    let inside = owner;
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node) || ts.isSetAccessor(node)
        || ts.isMethodSignature(node)) {
      // What an object literal inside a function holds has no name by which anybody finds it.
      const isDefault = ts.isFunctionDeclaration(node) && !node.name;
      if (ts.isObjectLiteralExpression(node.parent) && !atTop) add(found.also, nameOf(node), node, "function", null, null);
      else if (isDefault) found.also.push(["default", line(node.getStart(file)), line(node.end), "function", null, null]);
      else {
        const group = ts.isGetAccessor(node) || ts.isSetAccessor(node) ? "value" : "function";
        const isInline = ts.isMethodSignature(node) && !ts.isInterfaceDeclaration(node.parent) && !ts.isTypeAliasDeclaration(node.parent.parent);
        if (!isInline) add(found.definitions, nameOf(node), node, group, ts.isObjectLiteralExpression(node.parent) ? null : owner, docOf(node));
      }
      inside = nameOf(node);
    } else if (ts.isConstructorDeclaration(node)) {
      found.definitions.push(["constructor", line(node.getStart(file)), line(node.end), "function", owner, docOf(node)]);
      inside = "constructor";
    } else if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)) {
      if (!node.name) found.also.push(["default", line(node.getStart(file)), line(node.end), "type", null, null]);
      else add(found.definitions, nameOf(node), node, "type", owner, docOf(node));
      inside = nameOf(node);
    } else if (ts.isModuleDeclaration(node)) {
      add(found.definitions, nameOf(node), node, "space", null, null);
      ts.forEachChild(node, (child) => visit(child, nameOf(node), true));
      return;
    } else if (ts.isEnumMember(node)) {
      add(found.members, nameOf(node), node, "member", owner, null);
    } else if (ts.isPropertySignature(node) && (ts.isInterfaceDeclaration(node.parent) || ts.isTypeAliasDeclaration(node.parent.parent))) {
      add(found.members, nameOf(node), node, "member", owner, null);
    } else if (ts.isPropertyDeclaration(node)) {
      if (isFunction(node.initializer)) add(found.definitions, nameOf(node), node, "function", owner, docOf(node));
      else add(found.members, nameOf(node), node, "member", owner, null);
      inside = nameOf(node);
    } else if (ts.isVariableDeclaration(node) && node.parent.kind === K.VariableDeclarationList) {
      const statement = node.parent.parent;
      const top = atTop && ts.isVariableStatement(statement);
      const value = node.initializer && node.initializer.getText(file);
      const isImport = value && /^(await\s+)?(require|import)\b/.test(value);
      const isShort = isFunction(node.initializer) && !top && !ts.isBlock(node.initializer.body);
      if (isShort) add(found.also, nameOf(node), node, "function", null, null);
      else if (isFunction(node.initializer)) add(found.definitions, nameOf(node), node, "function", owner, top ? docOf(statement) : null);
      // What a wrapper makes of a function, as `useCallback` does, may be called a function.
      else if (!top && isWrapped(node.initializer)) add(found.also, nameOf(node), node, "function", null, null);
      else if (node.initializer && ts.isClassExpression(node.initializer)) add(found.definitions, nameOf(node), node, "type", owner, null);
      else if (top && !isImport && ts.isIdentifier(node.name)) add(found.definitions, nameOf(node), node, null, owner, docOf(statement));
      else if (top && !isImport) names(node.name).forEach((one) => add(found.definitions, one.text, one, null, owner, null));
      inside = isFunction(node.initializer) || (node.initializer && ts.isClassExpression(node.initializer)) ? nameOf(node) : owner;
    } else if (ts.isPropertyAssignment(node)) {
      if (isFunction(node.initializer)) add(found.also, nameOf(node), node, "function", null, null);
    } else if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left)) {
      const at = node.left.name;
      found.also.push([at.text, line(at.getStart(file)), line(node.end), null, null, null]);
    } else if (ts.isExportAssignment(node)) {
      found.also.push(["default", line(node.getStart(file)), line(node.end), null, null, null]);
    } else if (ts.isClassExpression(node)) {
      add(found.also, nameOf(node), node, "type", null, null);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const callee = node.expression;
      const name = ts.isIdentifier(callee) ? callee : ts.isPropertyAccessExpression(callee) ? callee.name : null;
      if (name && name.text !== "require") found.calls.push([name.text, line(name.getStart(file))]);
    }
    const stays = atTop && (ts.isSourceFile(node) || ts.isVariableStatement(node) || ts.isVariableDeclarationList(node) || ts.isVariableDeclaration(node)
      || ts.isModuleBlock(node) || (ts.isObjectLiteralExpression(node) && ts.isVariableDeclaration(node.parent)));
    ts.forEachChild(node, (child) => visit(child, inside, stays));
  }
  visit(file, "", true);
  return found;
}

const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(files.map(({ path, text }) => told(path, text))));
