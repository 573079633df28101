"""Links references to definitions, each link with its tier, which says where the source leaves a choice.

All functions take whole columns of references and return whole columns of answers; nothing here loops over references.
"""

import re
from functools import cached_property

import numpy as np

from indexers import identifier_parts
from memoryd.graph.columns import Flags, Ints, joined, taken
from memoryd.graph.linking.announcing import Announcing
from memoryd.graph.linking.guessing import Comparing, OpenReferences, guess
from memoryd.graph.linking.hierarchy import Bases, Hierarchy
from memoryd.graph.linking.lookup import DEPTH, EXTERNAL, NONE, UNKNOWN
from memoryd.graph.linking.names import Names
from memoryd.graph.linking.registrations import registered, registration_codes
from memoryd.graph.linking.tables import CANDIDATES, Tables
from memoryd.graph.linking.tiers import Links, Tier
from memoryd.graph.linking.typing import BINDINGS, Typing

NODE, RUST, EXTENDED = frozenset({"javascript"}), frozenset({"rust"}), frozenset({"jvm"})
TYPED_NAMES = frozenset({"jvm", "csharp", "php", "ruby", "swift", "rust"})
"""Families in which a name such as `CartItem` is that of a type, or of a member."""
TYPE_NAME = re.compile(r"[A-Z][^\Wa-z]*[a-z]\w*")
ACRONYM = re.compile(r"[A-Z][A-Z0-9]+")
"""A type such as `JSON`. In Rust, where types are called `Json`, it is a constant, often one that a macro makes."""
PATHS = frozenset({"jvm", "php", "ruby", "rust"})
"""Families in which a name such as `CartItem` after a point or two colons is no property, but a type in what is before it."""
LIBRARIES = frozenset({"std", "core", "alloc"})
"""Crates that come with Rust."""
SUPERS = frozenset({"super", "super()", "base", "parent"})
TYPE_USES = ("inherit", "type")
VALUE = "value"


class Linker:
    """Links references by one set of tables. `bases` are needed to resolve inherited members, and may be empty to find bases."""

    def __init__(self, tables: Tables, bases: Bases) -> None:
        self.tables, self.facts = tables, tables.facts
        self._words = self.facts.words
        self._families, self._family = self.facts.families
        self._hierarchy = Hierarchy(tables, bases)
        self.announcing = Announcing(tables)
        self.comparing = Comparing(tables, self._hierarchy, self.announcing)
        self._names = Names(tables)
        self._node, self._typed_names, self._rust, self._paths, self._extends = (
            self.facts.of_families(names) for names in (NODE, TYPED_NAMES, RUST, PATHS, EXTENDED)
        )
        self._script = self._scripts()

    def _scripts(self) -> Flags:
        """Mark JavaScript files that import nothing: they share one global scope."""
        script = self._node.copy()
        script[self.tables.imports.file] = False
        return script

    def link(self, rows: Ints) -> tuple[Links, Ints]:
        """Link references that are no imports. Return the links, ordered by row, and a code for each reference.

        The codes are `NONE` (no definition of that name fits), `EXTERNAL`, `UNKNOWN`, or the number of candidates when
        they are too many; 0 where there is a link.
        """
        is_registered = np.isin(self.facts.references.kind[rows], registration_codes(self._words))
        code = np.zeros(len(rows), dtype=np.int64)
        registered, code[is_registered] = self._registered(rows[is_registered])
        all_rows, rows = rows, rows[~is_registered]
        target, tier, asked, left = self._by_rules(rows)
        sure = np.flatnonzero(target >= 0)
        certain = Links(rows[sure], target[sure], tier[sure], np.ones(len(sure)))
        own = np.where(target >= 0, 0, target)
        guessed, own[left] = guess(self.comparing, self.tables, asked)
        code[~is_registered] = own
        found = self.announcing.defined(joined(certain, guessed))
        found = taken(found, self._are_meant(found))
        values = np.flatnonzero(self.facts.references.kind[all_rows] == self._words.find(VALUE))
        code[values[~np.isin(all_rows[values], found.row)]] = EXTERNAL
        both = joined(found, registered)
        return taken(both, np.argsort(both.row, kind="stable")), code

    def _registered(self, rows: Ints) -> tuple[Links, Ints]:
        """Link registrations, as `link` does: none is guessed, and one that means nothing here means something outside."""
        if not len(rows):
            return Links(rows, rows, rows, np.zeros(0)), rows
        scope, target = self._scope(rows), self._by_rules(rows)[0]
        target = registered(self.tables, rows, scope, target)
        sure = np.flatnonzero((target >= self.tables.files) & (target < self.tables.nodes))
        code = np.full(len(rows), EXTERNAL, dtype=np.int64)
        code[sure] = 0
        tier = np.full(len(sure), int(Tier.FRAMEWORK), dtype=np.int64)
        return Links(rows[sure], target[sure], tier, np.ones(len(sure))), code

    def _are_meant(self, links: Links) -> Flags:
        """Mark the links but those of values that are neither functions nor types, or only may be.

        What nothing but its name tells is meant in C, where it is no member of a type, by a name of several words and if it is defined.
        There no type is a value.
        """
        facts, size = self.facts, self.tables.files
        meant: Flags = facts.references.kind[links.row] != self._words.find(VALUE)
        at = np.flatnonzero(~meant & (links.target >= size) & (links.target < self.tables.nodes))
        kind, row, is_told = facts.symbols.kind[links.target[at] - size], links.row[at], links.tier[at] < Tier.UNIQUE
        names, back = np.unique(facts.references.name[row], return_inverse=True)
        by_name = np.array([len(identifier_parts(self._words.text(name))) > 1 for name in names.tolist()], dtype=np.bool_)[back]
        by_name &= np.array([language == "c" for language in facts.languages], dtype=np.bool_)[facts.references.file[row]]
        function, prototype, method = (kind == self._words.find(name) for name in ("function", "prototype", "method"))
        # A bare name means a method only in the body of its type, where the language asks for a receiver elsewhere.
        is_member = (facts.references.qualifier[row] > 0) | self._names.is_explicit[facts.references.file[row]]
        is_type = self.tables.types.is_type[links.target[at] - size] & self._names.is_explicit[facts.references.file[row]]
        fits = (function & (is_told | by_name)) | ((prototype | is_type | (method & is_member)) & is_told)
        meant[at] = fits & np.isin(row, row[links.tier[at] < Tier.AMBIGUOUS])
        return meant

    def left_open(self, rows: Ints) -> OpenReferences:
        """Return those of some references that no rule resolves."""
        return self._by_rules(rows)[2]

    def _by_rules(self, rows: Ints) -> tuple[Ints, Ints, OpenReferences, Ints]:
        """Return the node that each reference means, and its tier; then what is left open, and where that is among the rows."""
        references = self.facts.references
        file, name = references.file[rows], references.name[rows]
        scope = self._scope(rows)
        bare = references.qualifier[rows] == 0
        target, tier = np.full(len(rows), NONE, dtype=np.int64), np.full(len(rows), int(Tier.SAME_FILE), dtype=np.int64)
        at = np.flatnonzero(bare)
        target[at], tier[at] = self._names.visible(file[at], scope[at], name[at])
        inherited = at[(target[at] == NONE) & self._names.is_implicit[file[at]]]
        target[inherited], tier[inherited] = self.inherited(file[inherited], scope[inherited], name[inherited])
        mine, above = self._self(rows, ~bare)
        at = np.flatnonzero(mine)
        target[at], tier[at] = self._member_of_self(file[at], scope[at], name[at], above[at])
        # What is above, and in no type above that is known, is of another project: it is never below.
        target[(target == NONE) & above] = EXTERNAL
        other = np.flatnonzero(~bare & ~mine)
        target[other], tier[other] = self._through_receiver(rows[other], file[other], scope[other], name[other])
        calling = [self._words.find("call"), self._words.find(VALUE), *registration_codes(self._words)]
        typed = other[(target[other] == NONE) & np.isin(references.kind[rows[other]], calling)]
        target[typed], tier[typed] = self._by_type(rows[typed], file[typed], scope[typed], name[typed])
        open_ = other[(target[other] == NONE) & self._typed_names[file[other]]]
        target[open_[self._are_foreign(rows[open_], file[open_])]] = EXTERNAL
        extending = other[(target[other] < 0) & self._extends[file[other]]]
        symbol = self._imported_extensions(file[extending], name[extending])
        extending, symbol = extending[symbol >= 0], symbol[symbol >= 0]
        target[extending], tier[extending] = symbol + self.tables.files, int(Tier.IMPORT)
        is_type_use = self._is_type_use(rows)
        self._refuse_functions_as_types(target, is_type_use)
        # A module is no function, but for `module.exports = function`.
        target[(target >= self.tables.nodes) | ((target >= 0) & (target < self.tables.files) & ~self._node[file])] = UNKNOWN
        left = np.flatnonzero((target == NONE) & self._linkable(file, bare))
        asked = OpenReferences(rows[left], file[left], scope[left], name[left], bare[left], mine[left], is_type_use[left])
        return target, tier, asked, left

    def _scope(self, rows: Ints) -> Ints:
        references = self.facts.references
        scope = references.scope[rows]
        return np.where(scope > 0, self.tables.qualnames.first(references.file[rows], scope), NONE)

    def inherited(self, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return the member that each bare name means in the types around it or their bases, and the tier."""
        types = self.tables.types
        found, tier = np.full(len(file), NONE, dtype=np.int64), np.full(len(file), int(Tier.SAME_FILE), dtype=np.int64)
        current = types.around(scope)
        for _ in range(3):
            at = np.flatnonzero((found < 0) & (current >= 0))
            if not len(at):
                break
            found[at], tier[at] = self._hierarchy.members(file[at], current[at], name[at], np.zeros(len(at), dtype=np.bool_))
            outer = types.container[current[at]]
            current[at] = types.around(outer)
        return found, tier

    def _self(self, rows: Ints, asked: Flags) -> tuple[Flags, Flags]:
        """Mark the references whose receiver is the enclosing type, and those of them that mean its bases only (`super`)."""
        references, words = self.facts.references, self._words
        language = np.array([self._families.number[name] for name in self.facts.languages], dtype=np.int64)
        mine, above = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
        for header in self._families.languages.values():
            number = self._families.number[header.name]
            for receiver in header.self_names:
                code = words.find(receiver)
                if code > 0:
                    hit = asked & (references.qualifier[rows] == code) & (language[references.file[rows]] == number)
                    mine |= hit
                    if receiver in SUPERS:
                        above |= hit
        return mine, above

    def _member_of_self(self, file: Ints, scope: Ints, name: Ints, above: Flags) -> tuple[Ints, Ints]:
        owner = self.tables.types.around(scope)
        return self._hierarchy.members(file, owner, name, above)

    def _through_receiver(self, rows: Ints, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return the node that each qualified name means, and the tier; `NONE` if the receiver is a value of unknown type."""
        node, tier = self.receivers(rows, file, scope)
        tables, size = self.tables, self.tables.files
        target = np.where(node < 0, node, NONE)
        is_symbol = (node >= size) & (node < tables.nodes)
        symbol = np.where(is_symbol, node - size, 0)
        typed = is_symbol & (tables.types.is_type[symbol] if len(tables.types.is_type) else False)
        at = np.flatnonzero(typed)
        member, known = self._hierarchy.members(file[at], symbol[at], name[at], np.zeros(len(at), dtype=np.bool_))
        target[at] = self._or_unknown(member, symbol[at], name[at])
        tier[at] = np.maximum(tier[at], known)
        at = np.flatnonzero((node >= 0) & ~is_symbol)
        exported = tables.exports(node[at], name[at])
        target[at] = np.where(exported == NONE, UNKNOWN, exported)
        tier[at] = np.maximum(tier[at], int(Tier.IMPORT))
        references = self.facts.references
        at = np.flatnonzero(self._names.is_spelled[file] & (target < 0) & self._is_type_use(rows))
        self._spell(target, tier, at, file, scope, (references.head[rows], references.rest[rows], name))
        return target, tier

    def _is_type_use(self, rows: Ints) -> Flags:
        return np.isin(self.facts.references.kind[rows], [self._words.code(kind) for kind in TYPE_USES])

    def _by_type(self, rows: Ints, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return the member that each call means by the type of its receiver, and the tier; `NONE` where that is not known."""
        tables, size = self.tables, self.tables.files
        node, _ = self.typing.kinds(file, scope, self.facts.references.qualifier[rows], np.full(len(rows), BINDINGS))
        target, tier = np.where(node == EXTERNAL, EXTERNAL, NONE), np.full(len(rows), int(Tier.TYPED), dtype=np.int64)
        at = np.flatnonzero((node >= size) & (node < tables.nodes))
        at = at[tables.types.is_type[node[at] - size]]
        member, _ = self._hierarchy.members(file[at], node[at] - size, name[at], np.zeros(len(at), dtype=np.bool_))
        target[at] = self._or_unknown(member, node[at] - size, name[at])
        modules = np.flatnonzero((node >= 0) & ((node < size) | (node >= tables.nodes)))
        exported = tables.exports(node[modules], name[modules])
        target[modules] = np.where(exported == NONE, UNKNOWN, exported)
        return target, tier

    def _imported_extensions(self, file: Ints, name: Ints) -> Ints:
        """Return the only function that extends a type, and that the file imports under each name; `NONE` where there is none."""
        tables, types = self.tables, self.tables.types
        found = np.full(len(file), NONE, dtype=np.int64)
        row = tables.bindings.first(file, name)
        at = np.flatnonzero(row >= 0)
        module, imported = tables.imports.module[row[at]], tables.imports.name[row[at]]
        start, count = tables.member.span(self._family[file[at]], imported)
        query, symbol = tables.member.all(start, np.where((module >= 0) & (count <= CANDIDATES), count, 0))
        home = self.facts.symbols.file[symbol]
        fits = (types.parent[symbol] < 0) & ((home == module[query]) | (tables.folder_of[home] + tables.nodes == module[query]))
        query, symbol = query[fits], symbol[fits]
        single = np.bincount(query, minlength=len(at))[query] == 1
        found[at[query[single]]] = symbol[single]
        return found

    def _or_unknown(self, member: Ints, owner: Ints, name: Ints) -> Ints:
        """Return the members that were found; `UNKNOWN` for others, but for those that several parts of their type have."""
        return np.where(member >= 0, member, np.where(self.tables.several(owner, name), NONE, UNKNOWN))

    def _are_foreign(self, rows: Ints, file: Ints) -> Flags:
        """Mark the references whose receiver begins with a type that the project does not define, or with a library of the language.

        In some languages also those whose receiver ends in such a type: `plist::Value`.
        """
        words = self._words
        if not len(rows):
            return np.zeros(0, dtype=np.bool_)
        qualifiers, back = np.unique(self.facts.references.qualifier[rows], return_inverse=True)
        chains = [words.chain(code) for code in qualifiers.tolist()]
        heads = np.array([chain[0][0] if chain else 0 for chain in chains], dtype=np.int64)
        ends = np.array([chain[-1][0] if chain and not any(called for _, called in chain) else 0 for chain in chains], dtype=np.int64)
        head, end = heads[back.reshape(-1)], ends[back.reshape(-1)]
        foreign = self._names_unknown_type(head, file) | (np.isin(head, [words.find(name) for name in LIBRARIES]) & self._rust[file])
        at = np.flatnonzero(~foreign & self._paths[file] & (end > 0) & (end != head))
        foreign[at] = self._names_unknown_type(end[at], file[at])
        return foreign

    def _names_unknown_type(self, name: Ints, file: Ints) -> Flags:
        """Mark the names that are like those of types, and that nothing in the project has."""
        tables, family = self.tables, self._family[file]
        names, back = np.unique(name, return_inverse=True)
        texts = [self._words.text(code) for code in names.tolist()]
        is_type = np.array([TYPE_NAME.fullmatch(text) is not None for text in texts], dtype=np.bool_)[back.reshape(-1)]
        is_acronym = np.array([ACRONYM.fullmatch(text) is not None for text in texts], dtype=np.bool_)[back.reshape(-1)]
        found = is_type | (is_acronym & ~self._rust[file])
        found &= (tables.free.first(family, name) < 0) & (tables.member.first(family, name) < 0) & (tables.anywhere.first(file, name) < 0)
        held = np.flatnonzero(found)
        found[held] = ~np.isin(name[held], tables.held[0].name) if len(held) else False
        return np.asarray(found)

    @cached_property
    def typing(self) -> Typing:
        """What receivers are, by what names hold."""
        return Typing(self.tables, self._hierarchy, self._names)

    def receivers(self, rows: Ints, file: Ints, scope: Ints) -> tuple[Ints, Ints]:
        """Return the file, folder or type that each receiver names, and the tier; `NONE` for variables and functions."""
        references, tables, size = self.facts.references, self.tables, self.tables.files
        head, rest = references.head[rows], references.rest[rows]
        node, tier = self._names.named(file, scope, head)
        node[self._hidden(rows, file, scope, head, node)] = NONE
        dotted = np.flatnonzero(rest > 0)
        row = tables.bindings.first(file[dotted], references.qualifier[rows[dotted]])
        whole = row >= 0
        node[dotted[whole]], tier[dotted[whole]] = tables.imports.target[row[whole]], int(Tier.IMPORT)
        self._descend(node, dotted[~whole], rest)
        self._spell(node, tier, np.flatnonzero(self._names.is_spelled[file]), file, scope, (head, rest))
        is_symbol = (node >= size) & (node < tables.nodes)
        value = np.flatnonzero(is_symbol)
        node[value[~tables.types.is_type[node[value] - size]]] = NONE
        return node, tier

    def _spell(self, node: Ints, tier: Ints, at: Ints, file: Ints, scope: Ints, names: tuple[Ints, ...]) -> None:
        """Write what names spell, at some places of columns, and the tier, where that is known."""
        spelled = self._names.spelled(file[at], scope[at], tuple(name[at] for name in names))
        told = (spelled != NONE) & (spelled != node[at])
        at, spelled = at[told], spelled[told]
        node[at], tier[at] = spelled, int(Tier.IMPORT)

    def _hidden(self, rows: Ints, file: Ints, scope: Ints, head: Ints, node: Ints) -> Ints:
        """Return where a parameter or variable hides the module, or the type, of its name: `config.load()` of `config: Config`."""
        references, tables = self.facts.references, self.tables
        is_hidden = (node == EXTERNAL) | ((node >= 0) & ((node < tables.files) | (node >= tables.nodes)))
        types = np.flatnonzero((node >= tables.files) & (node < tables.nodes) & self._names.is_explicit[file])
        is_hidden[types] = tables.types.container[node[types] - tables.files] < 0
        at = np.flatnonzero(is_hidden & np.isin(references.kind[rows], [self._words.find("call"), self._words.find(VALUE)]))
        at = at[self.typing.local(file[at], scope[at], head[at]) >= 0]
        # What stands before two colons is no variable.
        paths = np.array(["::" in self._words.text(code) for code in references.qualifier[rows[at]].tolist()], dtype=np.bool_)
        return np.asarray(at[~paths])

    def _descend(self, node: Ints, at: Ints, rest: Ints) -> None:
        """Resolve the components `rest` of receivers from the nodes of their heads, and write the result to `node`."""
        tables, size, words = self.tables, self.tables.files, self._words
        at = at[node[at] >= 0]
        paths = {code: words.parts(code) for code in np.unique(rest[at]).tolist()}
        for step in range(DEPTH):
            at = at[np.array([len(paths[code]) > step for code in rest[at].tolist()], dtype=np.bool_)] if len(at) else at
            at = at[node[at] >= 0]
            if not len(at):
                return
            name = np.array([paths[code][step] for code in rest[at].tolist()], dtype=np.int64)
            here = node[at]
            is_symbol = (here >= size) & (here < tables.nodes)
            inner = tables.inner(np.where(is_symbol, here - size, NONE), name)
            below = np.where(inner >= 0, inner + size, NONE)
            modules = np.flatnonzero(~is_symbol)
            exported = tables.exports(here[modules], name[modules])
            below[modules] = np.where(exported == NONE, UNKNOWN, exported)
            node[at] = below

    def _refuse_functions_as_types(self, target: Ints, is_type_use: Flags) -> None:
        tables = self.tables
        at = np.flatnonzero(is_type_use & (target >= tables.files) & (target < tables.nodes))
        target[at[tables.types.is_callable[target[at] - tables.files]]] = UNKNOWN

    def _linkable(self, file: Ints, bare: Flags) -> Flags:
        """Mark the unresolved references that may be linked by their name alone."""
        return (self._family[file] > 0) & (~bare | ~self._names.is_explicit[file] | self._script[file])


def tells_a_type(name: str) -> bool:
    """Tell whether a name that nothing in a project has is taken for a type, or a library, of elsewhere."""
    return bool(TYPE_NAME.fullmatch(name) or ACRONYM.fullmatch(name)) or name in LIBRARIES
