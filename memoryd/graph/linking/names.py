"""What a name means at a place: a bare one by scopes, imports and folders, that of a module by how it is spelled."""

from collections.abc import Callable

import numpy as np

from memoryd.graph.columns import Ints
from memoryd.graph.linking.lookup import DEPTH, EXTERNAL, NONE
from memoryd.graph.linking.tables import SPELLED, Tables
from memoryd.graph.linking.tiers import Tier

EXPLICIT = frozenset({"python", "javascript", "go", "rust", "zig", "haskell", "workflow", "compose"})
"""Families where a bare name must be visibly defined or imported: any other is a parameter or a builtin."""

IMPLICIT_SELF = frozenset({"jvm", "csharp", "c", "swift", "ruby", "dart"})
"""Families where a bare name may be a member of the enclosing type."""

STANDARD = frozenset(
    """
Access Agent Application Atom Base Bitwise Calendar Code Config Date DateTime Duration DynamicSupervisor Enum Enumerable Exception ExUnit
File Float Function GenEvent GenServer IEx IO Inspect Integer JSON Kernel Keyword List Logger Macro Map MapSet Mix Module NaiveDateTime Node
OptionParser Path Port Process Protocol Range Record Regex Registry Stream String StringIO Supervisor System Task Time Tuple URI Version
""".split()
)
"""Elixir's own modules: `Supervisor.start_link` means that one, whatever `Shop.Supervisor` a project has."""


class Names:
    """What names mean by one set of tables. `is_explicit`, `is_implicit` and `is_spelled` flag the files of such families."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._family = tables.facts.families[1]
        self.is_explicit, self.is_implicit, self.is_spelled = (
            tables.facts.of_families(names) for names in (EXPLICIT, IMPLICIT_SELF, SPELLED)
        )

    def visible(self, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return the node that each bare name means, and the tier. Searches the scopes outwards, the file, imports, the folder."""
        tables, size = self._tables, self._tables.files
        found, tier = np.full(len(file), NONE, dtype=np.int64), np.full(len(file), int(Tier.SAME_FILE), dtype=np.int64)
        at = np.flatnonzero(tables.anywhere.first(file, name) >= 0)
        symbol = self.outwards(file[at], scope[at], name[at], tables.child.first)
        symbol = np.where(symbol >= 0, symbol, tables.top.first(file[at], name[at]))
        found[at] = np.where(symbol >= 0, symbol + size, NONE)
        left = np.flatnonzero(found == NONE)
        rows = tables.bindings.first(file[left], name[left])
        bound = rows >= 0
        found[left[bound]] = tables.imports.target[rows[bound]]
        left = left[~bound]
        found[left] = tables.reached(file[left], name[left])
        left = left[found[left] == NONE]
        tier[np.flatnonzero(found != NONE)] = int(Tier.IMPORT)
        tier[at[symbol >= 0]] = int(Tier.SAME_FILE)
        shared = left[tables.package_scope[file[left]]]
        symbol = tables.folder.only(tables.folder_of[file[shared]], name[shared])
        found[shared] = np.where(symbol >= 0, symbol + size, NONE)
        tier[shared] = int(Tier.IMPORT)
        return found, tier

    def named(self, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return what `visible` does, and else the only type of a name, where a language need not import it."""
        node, tier = self.visible(file, scope, name)
        left = np.flatnonzero((node == NONE) & ~self.is_explicit[file] & (name > 0))
        only = self._tables.free_types.only(self._family[file[left]], name[left])
        node[left] = np.where(only >= 0, only + self._tables.files, NONE)
        tier[left] = int(Tier.UNIQUE)
        return node, tier

    def spelled(self, file: Ints, scope: Ints, names: tuple[Ints, ...]) -> Ints:
        """Return the node of the module that names spell together; `NONE` where they spell none of this project, or of the language.

        `names` are columns of codes: a name at its place, and what follows it, 0 for nothing.
        """
        tables, words, qualnames = self._tables, self._tables.facts.words, self._tables.facts.symbols.qualname
        if not len(file):
            return file
        seen, is_bound = self.visible(file, scope, names[0])[0], tables.bindings.first(file, names[0]) >= 0
        keys, back = np.unique(np.stack([self._family[file], is_bound, seen, *names]), axis=1, return_inverse=True)
        code, is_standard = np.full(keys.shape[1], -1), np.zeros(keys.shape[1], dtype=np.bool_)
        for place, (_, bound, node, *parts) in enumerate(keys.T.tolist()):
            texts = [words.text(part) for part in parts if part]
            symbol = node - tables.files if tables.files <= node < tables.nodes else NONE
            # An alias, and a module that stands in another, is a short name; of any other only the whole name counts.
            if symbol >= 0 and (bound or tables.types.parent[symbol] >= 0):
                texts[0] = words.text(int(qualnames[symbol]))
            if symbol >= 0 or not bound:
                code[place] = words.find(".".join(texts))
                is_standard[place] = texts[0] in STANDARD
        module = tables.spelled.first(keys[0], code)
        return np.where(module >= 0, module + tables.files, np.where(is_standard, EXTERNAL, NONE))[back.reshape(-1)]

    def outwards(self, file: Ints, scope: Ints, name: Ints, look: Callable[[Ints, Ints], Ints], most: int = DEPTH) -> Ints:
        """Return what `look` finds for each name in the nearest of the scopes around it that is open to it, `NONE` where it finds nothing.

        `look` takes scopes and names, and returns what is below 0 for nothing; at most `most` scopes are asked. A type is open where it is
        the innermost scope, or where a bare name may be a member.
        """
        types = self._tables.types
        found, current = np.full(len(file), NONE, dtype=np.int64), scope.copy()
        for step in range(most):
            at = np.flatnonzero((found < 0) & (current >= 0))
            if not len(at):
                break
            here = current[at]
            is_open = ~types.is_type[here] | self.is_implicit[file[at]] | (step == 0)
            found[at] = np.where(is_open, look(here, name[at]), NONE)
            current[at] = types.container[here]
        return found
