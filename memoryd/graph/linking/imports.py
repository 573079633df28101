"""Reads imports: finds the module of each among the project's paths, and the name it binds. Looks up no definitions."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from indexers import MODULE
from memoryd.graph.columns import Flags, Ints, ReferenceColumns, components, taken
from memoryd.graph.facts import FactColumns
from memoryd.graph.linking.lookup import NONE
from memoryd.graph.linking.manifests import Entry
from memoryd.graph.linking.modules import Modules

CLASS_IMPORTS = ("jvm", "php", "elixir", "dart")
"""Families in which an import without a name binds the last component of its path: `import shop.Cart` binds Cart."""
OPEN_IMPORTS = ("c", "ruby", "bash", "csharp", "swift", "haskell")
"""Families in which an import without a name makes all names of the module visible."""


class ImportColumns(NamedTuple):
    """Columns with an entry per name that an import binds. `target` is the node that `local` means, or `EXTERNAL` or `UNKNOWN`.

    `row` numbers the imports of the file from 0, so that `file` and `row` stay valid when other files change; it is -1 for the
    name that a dotted import binds in addition (`shop` of `import shop.cart`). `module` is a file or a folder; `name` is 0 for
    the module itself.
    """

    file: Ints
    row: Ints
    name: Ints
    local: Ints
    module: Ints
    target: Ints


def bound(facts: FactColumns, modules: Modules, nodes: int, chosen: Flags) -> tuple[Modules, ImportColumns]:
    """Resolve the module of every import in chosen files, and return the names it binds; every `target` is still `NONE`."""
    words, references = facts.words, facts.references
    rows = np.flatnonzero((references.kind == words.code("import")) & (facts.families[1][references.file] > 0))
    of_go = references.qualifier[rows[facts.of_families(("go",))[references.file[rows]]]]
    modules = modules.learned((words.texts[code] for code in np.unique(of_go).tolist()), _told(facts))
    imports = taken(references, rows[chosen[references.file[rows]]])
    shift, known = nodes - len(facts.paths), len(facts.paths)

    def module_of(file: int, text: str) -> int:
        node = modules.resolve(text, file)
        return node + shift if node >= known else node

    found = list(_names_bound(facts, imports, module_of))
    file_, row, name_, local_, module = np.array(found, dtype=np.int64).reshape(-1, 5).T
    return modules, ImportColumns(file_, row, name_, local_, module, np.full(len(row), NONE, dtype=np.int64))


def _names_bound(
    facts: FactColumns, imports: ReferenceColumns, module_of: Callable[[int, str], int]
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield the names that imports bind, as entries of `ImportColumns` without targets; `module_of` finds the module that a file means."""
    words, texts, known = facts.words, facts.words.texts, len(facts.paths)
    families, numbers = facts.families
    first = np.searchsorted(imports.file, imports.file)
    star = words.code("*")
    resolved: dict[tuple[int, int], int] = {}
    for at, (file, name, alias, qualifier, number, start) in enumerate(zip(
        imports.file.tolist(), imports.name.tolist(), imports.alias.tolist(), imports.qualifier.tolist(),
        numbers[imports.file].tolist(), first.tolist(), strict=True,
    )):  # fmt: skip
        family, node = families.names[number], resolved.get((file, qualifier))
        if node is None:
            # What has no module is exported by the file itself, under another name.
            is_own = not qualifier and family == "javascript"
            node = resolved[file, qualifier] = file if is_own else module_of(file, texts[qualifier])
        local = alias or name
        if name and family == "elixir":  # `alias Shop.{Cart, Money}`: each is a module with a file of its own
            inner = module_of(file, f"{texts[qualifier]}.{texts[name]}")
            node = inner if 0 <= inner < known else node
        if not name:
            text = texts[qualifier]
            parts = components(text.replace("/", "."))
            if family in OPEN_IMPORTS and not alias:
                name = local = star
            elif family in CLASS_IMPORTS and len(parts) > 1:
                name = words.code(parts[-1])
                local = alias or name
                if not 0 <= node < known:
                    node = module_of(file, text[: -len(parts[-1]) - 1])
            elif family == "python" and not alias:
                local = qualifier
                if "." in text:
                    head = words.code(parts[0]) if parts else 0
                    yield file, -1, 0, head, module_of(file, parts[0]) if parts else NONE
            elif family != "javascript" and not alias and parts:
                local = words.code(_go_name(text) if family == "go" else parts[-1])
        yield file, at - start, name, local, node


def _told(facts: FactColumns) -> tuple[Entry, ...]:
    """Return what the manifests of a project say of modules, ordered by manifest."""
    told = taken(facts.references, np.flatnonzero(facts.references.kind == facts.words.find(MODULE)))
    text, paths = facts.words.text, facts.paths
    return tuple(
        (paths[file], text(name), text(target), text(rule))
        for file, name, target, rule in zip(
            told.file.tolist(), told.name.tolist(), told.qualifier.tolist(), told.alias.tolist(), strict=True
        )
    )


def _go_name(path: str) -> str:
    parts = path.split("/")
    last = parts[-2] if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit() else parts[-1]
    return last.partition(".v")[0].removeprefix("go-")
