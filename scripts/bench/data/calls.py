"""Finds which Python function calls which, with `ast`, where the source leaves no doubt: the oracle of the claim "A calls B".

Found are calls of a plain name that the file defines or imports from a file of the tree, of `self.x` and `cls.x` where the enclosing
class defines `x`, and of `module.x` on an imported module. Re-exports are followed. A call is undecided where its name is bound in
the function itself, or its module could be two files.
"""

import ast
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
REEXPORTS = 5


@dataclass(frozen=True)
class Module:
    """One parsed file: its definitions by qualified name, and the targets of imported names, as (module, name or "")."""

    source: str
    tree: ast.Module
    definitions: tuple[tuple[str, Definition], ...]
    names: frozenset[str]
    imported: Mapping[str, tuple[str, str]]


def read_module(root: Path, path: str) -> Module | None:
    """Parse a file; return `None` if it is not valid Python."""
    try:
        source = (root / path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    definitions = tuple(_definitions(tree.body, ""))
    return Module(source, tree, definitions, frozenset(name for name, _ in definitions), dict(_imports(path, tree)))


def calls(modules: Mapping[str, Module]) -> Iterator[tuple[str, str, str]]:
    """Yield (path, caller, target) of every call; the calls of a nested function count for the functions around it, too.

    The target is `path#qualname` or, if undecided, `?` and the name that is called.
    """
    files = _by_module(modules)
    for path, module in modules.items():
        functions = [(name, node) for name, node in module.definitions if not isinstance(node, ast.ClassDef)]
        bounds: dict[str, frozenset[str]] = {}
        for name, node in functions:
            bound = bounds[name] = _bound(node) | bounds.get(name.rpartition(".")[0], frozenset())
            for call in _calls(node.body):
                target = _target(modules, files, path, name, call.func, bound)
                target = target or f"?{_spelled(call.func)}"
                yield from ((path, around, target) for around in _around(name, bounds) if target != f"{path}#{around}")


def _around(name: str, functions: Container[str]) -> Iterator[str]:
    """Yield a function and the functions around it, of which it is a part."""
    while name:
        if name in functions:
            yield name
        name = name.rpartition(".")[0]


def _spelled(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _definitions(body: Iterable[ast.AST], around: str) -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, Definition):
            name = f"{around}.{node.name}" if around else node.name
            yield name, node
            yield from _definitions(node.body, name)
        elif not isinstance(node, ast.expr):
            yield from _definitions(ast.iter_child_nodes(node), around)


def _imports(path: str, tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    package = path.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for found in node.names:
                if found.asname:
                    yield found.asname, (found.name.replace(".", "/"), "")
                elif "." not in found.name:
                    yield found.name, (found.name, "")
        elif isinstance(node, ast.ImportFrom):
            start = "/" + "/".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = "/".join(part for part in (start.rstrip("/"), (node.module or "").replace(".", "/")) if part)
            for found in node.names:
                yield found.asname or found.name, (module, found.name)


def _by_module(modules: Iterable[str]) -> dict[str, str]:
    """Return the files of modules by the names an import may give them, from any folder that is no package; "" if two files share one.

    A name with a slash in front is the whole path of a module, for relative imports.
    """
    files: dict[str, str] = {}
    paths = set(modules)
    for path in paths:
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        files["/" + "/".join(parts)] = path
        for start in range(len(parts)):
            if "/".join([*parts[:start], "__init__.py"]) not in paths:
                name = "/".join(parts[start:])
                files[name] = path if files.get(name, path) == path else ""
    return files


def _bound(node: Function) -> frozenset[str]:
    """Return the names that a function binds itself, whose values are not known."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = {found.arg for found in (*arguments, node.args.vararg, node.args.kwarg) if found is not None}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
        elif isinstance(inner, Definition) and inner is not node:
            names.add(inner.name)
        elif isinstance(inner, ast.alias):
            names.add((inner.asname or inner.name).partition(".")[0])
        elif isinstance(inner, ast.arg):
            names.add(inner.arg)
    return frozenset(names)


def _calls(body: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """Yield the calls in a body, without those in nested definitions."""
    for node in body:
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, Definition):
            yield from _calls(ast.iter_child_nodes(node))


def _target(
    modules: Mapping[str, Module], files: Mapping[str, str], path: str, caller: str, called: ast.expr, bound: frozenset[str]
) -> str:
    module = modules[path]
    if isinstance(called, ast.Name) and called.id not in bound:
        return _named(modules, files, path, called.id, REEXPORTS)
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        owner = called.value.id
        around = caller.rpartition(".")[0]
        if owner in ("self", "cls") and f"{around}.{called.attr}" in module.names:
            return f"{path}#{around}.{called.attr}"
        if owner in module.imported and owner not in bound and owner not in module.names:
            source, name = module.imported[owner]
            file = _file(files, f"{source}/{name}" if name else source)
            return _named(modules, files, file, called.attr, REEXPORTS) if file else ""
    return ""


def _named(modules: Mapping[str, Module], files: Mapping[str, str], path: str, name: str, depth: int) -> str:
    """Return the definition that a module-level name stands for, or "" if undecided."""
    module = modules[path]
    is_imported = name in module.imported
    if name in module.names:
        return "" if is_imported else f"{path}#{name}"
    if not is_imported or depth == 0:
        return ""
    source, original = module.imported[name]
    file = _file(files, source) if original else ""
    return _named(modules, files, file, original, depth - 1) if file else ""


def _file(files: Mapping[str, str], module: str) -> str:
    return files.get(module, "")
