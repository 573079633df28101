"""References → definitions, each link with its evidence. Never invents: where the source leaves a choice, the link says so.

All functions take whole columns of references and return whole columns of answers; nothing here loops over references.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from memoryd.graph.facts import Flags, Ints, components
from memoryd.graph.tables import DEPTH, EXTERNAL, NONE, UNKNOWN, Lookup, Tables


class Tier(IntEnum):
    """How an edge is known, best first: within the file (scope, or a member of the own type), by an import or the folder that
    shares names, as the only definition of that name, as one of several."""

    SAME_FILE = 1
    IMPORT = 2
    UNIQUE = 3
    AMBIGUOUS = 4


MOST_CANDIDATES = 8
"""A name with more definitions than this links to none of them."""

EXPLICIT = frozenset({"python", "javascript", "go", "rust", "zig", "haskell"})
"""Families where a bare name must be defined or imported in sight: an unseen one is a parameter or a builtin."""

IMPLICIT_SELF = frozenset({"jvm", "java", "kotlin", "scala", "csharp", "c-sharp", "c", "cpp", "swift", "ruby", "dart"})
"""Families where a bare name may be a member of the enclosing type."""

SUPERS = frozenset({"super", "super()", "base", "parent"})
BUILTIN_WEIGHT = 0.3
BUILTIN_MEMBERS = tuple(
    """add addAll all any append apply call clear clone close compareTo concat contains copy count decode delete each emplace_back empty
    encode endswith equals entries every extend filter find first flatMap flush forEach format get getClass group has hashCode
    includes index indexOf insert isEmpty items iter join keys last len length list lock lower map match max min name next open pop
    print push push_back put read readline reduce remove replace reverse run search set setdefault size slice some sort split start
    startsWith startswith stop strip sub substring sum test then toLowerCase toString to_s trim union unlock unwrap update upper
    values wait write""".split()
)
"""Members of the languages' own containers, strings and files: a call on an unknown receiver is mostly of those."""

TYPE_USES = ("inherit", "type")


class Links(NamedTuple):
    """One entry per link: the reference (a row), the node it means, how that is known, and its share of the reference."""

    row: Ints
    target: Ints
    tier: Ints
    weight: np.ndarray[tuple[int], np.dtype[np.float64]]


class Bases(NamedTuple):
    """What each type inherits from, as pairs (type, base) in the order of the source, each with its tier."""

    type: Ints
    base: Ints
    tier: Ints


class Linker:
    """Links references of one state of the tables. `bases` must be known before members can be inherited."""

    def __init__(self, tables: Tables, bases: Bases) -> None:
        self.tables, self.facts = tables, tables.facts
        self._words = self.facts.words
        self._families, self._family = self.facts.families
        self._bases = Lookup(bases.type, np.zeros_like(bases.type), np.arange(len(bases.type)))
        self._base = bases
        self._explicit, self._implicit = (self._of_families(names) for names in (EXPLICIT, IMPLICIT_SELF))
        self._go = self._of_families(frozenset({"go"}))
        self._node = self._of_families(frozenset({"javascript"}))
        self._script = self._scripts()

    def _of_families(self, names: frozenset[str]) -> Flags:
        return np.array([name in names for name in self._families.names], dtype=np.bool_)[self._family]

    def _scripts(self) -> Flags:
        """Mark JavaScript that imports nothing: its files share one global scope."""
        script = self._node.copy()
        script[self.tables.imports.file] = False
        return script

    def link(self, rows: Ints) -> tuple[Links, Ints]:
        """Link these references, none of them an import. Return the links, ordered by row, and a code for each that has none.

        The codes are `NONE` (no definition of that name fits), `EXTERNAL`, `UNKNOWN`, or the number of candidates when
        they are too many; 0 where there is a link.
        """
        references = self.facts.references
        file, name = references.file[rows], references.name[rows]
        scope = self._scope(rows)
        bare = references.qualifier[rows] == 0
        target, tier = np.full(len(rows), NONE, dtype=np.int64), np.full(len(rows), int(Tier.SAME_FILE), dtype=np.int64)
        at = np.flatnonzero(bare)
        target[at], tier[at] = self.visible(file[at], scope[at], name[at])
        inherited = at[(target[at] == NONE) & self._implicit[file[at]]]
        target[inherited], tier[inherited] = self.inherited(file[inherited], scope[inherited], name[inherited])
        mine, above = self._self(rows, ~bare)
        at = np.flatnonzero(mine)
        target[at], tier[at] = self._member_of_self(file[at], scope[at], name[at], above[at])
        other = np.flatnonzero(~bare & ~mine)
        target[other], tier[other] = self._through_receiver(rows[other], file[other], scope[other], name[other])
        is_type_use = np.isin(references.kind[rows], [self._words.code(kind) for kind in TYPE_USES])
        self._refuse_functions_as_types(target, is_type_use)
        # A module is no function, but for `module.exports = function`.
        target[(target >= self.tables.nodes) | ((target >= 0) & (target < self.tables.files) & ~self._node[file])] = UNKNOWN
        sure = np.flatnonzero(target >= 0)
        links = [Links(rows[sure], target[sure], tier[sure], np.ones(len(sure)))]
        code = np.where(target >= 0, 0, target)
        left = np.flatnonzero((target == NONE) & self._linkable(file, bare))
        guessed, codes = self._by_name(rows[left], file[left], scope[left], name[left], bare[left], mine[left], is_type_use[left])
        code[left] = codes
        links.append(guessed)
        joined = Links(*(np.concatenate(parts) for parts in zip(*links, strict=True)))
        order = np.argsort(joined.row, kind="stable")
        return Links(*(column[order] for column in joined)), code

    def _scope(self, rows: Ints) -> Ints:
        references = self.facts.references
        scope = references.scope[rows]
        return np.where(scope > 0, self.tables.qualnames.first(references.file[rows], scope), NONE)

    def visible(self, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return what a bare name means where it stands, with the tier: scopes outwards, the file, imports, the folder."""
        tables, size = self.tables, self.tables.files
        found, tier = np.full(len(file), NONE, dtype=np.int64), np.full(len(file), int(Tier.SAME_FILE), dtype=np.int64)
        at = np.flatnonzero(tables.anywhere.first(file, name) >= 0)
        symbol = self._in_scopes(file[at], scope[at], name[at])
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

    def _in_scopes(self, file: Ints, scope: Ints, name: Ints) -> Ints:
        types, child = self.tables.types, self.tables.child
        found, current = np.full(len(file), NONE, dtype=np.int64), scope.copy()
        for step in range(DEPTH):
            at = np.flatnonzero((found < 0) & (current >= 0))
            if not len(at):
                break
            here = current[at]
            open_ = ~types.is_type[here] | self._implicit[file[at]] | (step == 0)
            found[at] = np.where(open_, child.first(here, name[at]), NONE)
            current[at] = types.container[here]
        return found

    def inherited(self, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Return the member a bare name means in the types around it."""
        types = self.tables.types
        found, tier = np.full(len(file), NONE, dtype=np.int64), np.full(len(file), int(Tier.SAME_FILE), dtype=np.int64)
        current = np.where(scope >= 0, types.enclosing[scope], NONE)
        for _ in range(3):
            at = np.flatnonzero((found < 0) & (current >= 0))
            if not len(at):
                break
            found[at], tier[at] = self.members(file[at], current[at], name[at], np.zeros(len(at), dtype=np.bool_))
            outer = types.container[current[at]]
            current[at] = np.where(outer >= 0, types.enclosing[outer], NONE)
        return found, tier

    def members(self, file: Ints, owner: Ints, name: Ints, above: Flags) -> tuple[Ints, Ints]:
        """Return the member of that name of each type or, nearest first, of its bases; `above` leaves out the type itself."""
        tables = self.tables
        keys, back = np.unique(np.stack([owner, name, above.astype(np.int64)]), axis=1, return_inverse=True)
        found = np.where(keys[2] > 0, NONE, tables.child.first(keys[0], keys[1]))
        tier = np.full(len(found), int(Tier.SAME_FILE), dtype=np.int64)
        asked, current = np.flatnonzero(found < 0), keys[0][found < 0]
        worst = np.full(len(asked), int(Tier.SAME_FILE), dtype=np.int64)
        for _ in range(DEPTH):
            start, count = self._bases.span(current, np.zeros_like(current))
            query, base = self._bases.all(start, count)
            if not len(query):
                break
            asked, current, worst = asked[query], self._base.base[base], np.maximum(worst[query], self._base.tier[base])
            hit = tables.child.first(current, keys[1][asked])
            got = np.flatnonzero((hit >= 0) & (found[asked] < 0))
            _, firsts = np.unique(asked[got], return_index=True)
            got = got[firsts]
            found[asked[got]], tier[asked[got]] = hit[got], worst[got]
            left = np.flatnonzero(found[asked] < 0)
            pairs = (asked[left] << 32) | current[left]
            left = left[np.sort(np.unique(pairs, return_index=True)[1])]
            asked, current, worst = asked[left], current[left], worst[left]
        back = back.reshape(-1)
        symbol = found[back]
        elsewhere = (symbol >= 0) & (self.facts.symbols.file[symbol] != file)
        known = np.maximum(tier[back], np.where(elsewhere, int(Tier.IMPORT), int(Tier.SAME_FILE)))
        return np.where(symbol >= 0, symbol + tables.files, NONE), known

    def _self(self, rows: Ints, asked: Flags) -> tuple[Flags, Flags]:
        """Mark the references whose receiver is the enclosing type, and those that ask its bases only."""
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
        owner = np.where(scope >= 0, self.tables.types.enclosing[scope], NONE)
        return self.members(file, owner, name, above)

    def _through_receiver(self, rows: Ints, file: Ints, scope: Ints, name: Ints) -> tuple[Ints, Ints]:
        """Resolve the receiver first: a module, a type, something external, or (`NONE`) a value of unknown type."""
        node, tier = self.receivers(rows, file, scope)
        tables, size = self.tables, self.tables.files
        target = np.where(node < 0, node, NONE)
        is_symbol = (node >= size) & (node < tables.nodes)
        symbol = np.where(is_symbol, node - size, 0)
        typed = is_symbol & (tables.types.is_type[symbol] if len(tables.types.is_type) else False)
        at = np.flatnonzero(typed)
        member, known = self.members(file[at], symbol[at], name[at], np.zeros(len(at), dtype=np.bool_))
        target[at] = np.where(member >= 0, member, UNKNOWN)
        tier[at] = np.maximum(tier[at], known)
        at = np.flatnonzero((node >= 0) & ~is_symbol)
        exported = tables.exports(node[at], name[at])
        target[at] = np.where(exported == NONE, UNKNOWN, exported)
        tier[at] = np.maximum(tier[at], int(Tier.IMPORT))
        return target, tier

    def receivers(self, rows: Ints, file: Ints, scope: Ints) -> tuple[Ints, Ints]:
        """Return the file, folder or type a receiver names; a variable or function is a value of unknown type."""
        references, tables, size = self.facts.references, self.tables, self.tables.files
        head, rest = references.head[rows], references.rest[rows]
        node, tier = self.visible(file, scope, head)
        left = np.flatnonzero((node == NONE) & ~self._explicit[file] & (head > 0))
        only = tables.free_types.only(self._family[file[left]], head[left])
        node[left] = np.where(only >= 0, only + size, NONE)
        tier[left] = int(Tier.UNIQUE)
        dotted = np.flatnonzero(rest > 0)
        row = tables.bindings.first(file[dotted], references.qualifier[rows[dotted]])
        whole = row >= 0
        node[dotted[whole]], tier[dotted[whole]] = tables.imports.target[row[whole]], int(Tier.IMPORT)
        self._descend(node, dotted[~whole], rest)
        is_symbol = (node >= size) & (node < tables.nodes)
        value = np.flatnonzero(is_symbol)
        node[value[~tables.types.is_type[node[value] - size]]] = NONE
        return node, tier

    def _descend(self, node: Ints, at: Ints, rest: Ints) -> None:
        """Go from the head of a receiver through its other components, as long as they name modules and types."""
        tables, size, words = self.tables, self.tables.files, self._words
        at = at[node[at] >= 0]
        paths = {code: [words.code(part) for part in words.texts[code].split(".")] for code in np.unique(rest[at]).tolist()}
        for step in range(DEPTH):
            at = at[np.array([len(paths[code]) > step for code in rest[at].tolist()], dtype=np.bool_)] if len(at) else at
            at = at[node[at] >= 0]
            if not len(at):
                return
            name = np.array([paths[code][step] for code in rest[at].tolist()], dtype=np.int64)
            here = node[at]
            is_symbol = (here >= size) & (here < tables.nodes)
            inner = tables.child.first(np.where(is_symbol, here - size, NONE), name)
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
        """Say which unresolved references may be linked by their name alone."""
        return (self._family[file] > 0) & (~bare | ~self._explicit[file] | self._script[file])

    def _by_name(
        self, rows: Ints, file: Ints, scope: Ints, name: Ints, bare: Flags, mine: Flags, is_type_use: Flags
    ) -> tuple[Links, Ints]:
        """Link by name: to the only definition that fits, else to each of a few."""
        tables, types, symbols = self.tables, self.tables.types, self.facts.symbols
        family = self._family[file]
        starts, counts = [], []
        for lookup, asked in ((tables.free, bare), (tables.member, ~bare)):
            start, count = lookup.span(family, name)
            starts.append(start)
            counts.append(np.where(asked, count, 0))
        total = counts[0] + counts[1]
        for count in counts:
            count[count > CONSIDERED] = 0
        query, candidate = (np.concatenate(parts) for parts in zip(
            tables.free.all(starts[0], counts[0]), tables.member.all(starts[1], counts[1]), strict=True
        ))  # fmt: skip
        fits = ~types.is_callable[candidate] | ~is_type_use[query]
        fits &= ~is_type_use[query] | types.is_type[candidate]
        fits &= ~mine[query] | self._descends(types.owner[candidate], np.where(scope >= 0, types.enclosing[scope], NONE)[query], mine[query])
        query, candidate = query[fits], candidate[fits]
        order = np.lexsort((candidate, query))
        query, candidate = query[order], candidate[order]
        likely = self._named_alike(rows[query], types.owner[candidate], scope[query], file[query]) & ~bare[query] & ~mine[query]
        hinted = np.bincount(query[likely], minlength=len(rows)) == 1
        kept = ~hinted[query] | likely
        query, candidate = query[kept], candidate[kept]
        number = np.bincount(query, minlength=len(rows))
        builtin = np.isin(name, [self._words.code(member) for member in BUILTIN_MEMBERS]) & ~bare & ~mine & ~hinted
        few = (number[query] <= MOST_CANDIDATES) & ~(builtin[query] & (number[query] > 1))
        query, candidate = query[few], candidate[few]
        share = np.where(builtin[query], BUILTIN_WEIGHT, 1.0) / number[query]
        tier = np.where((number[query] == 1) & ~builtin[query], int(Tier.UNIQUE), int(Tier.AMBIGUOUS))
        linked = np.zeros(len(rows), dtype=np.bool_)
        linked[query] = True
        code = np.where(linked, 0, np.where((number == 0) & ((total <= CONSIDERED) | mine), NONE, np.maximum(total, 1)))
        del symbols
        return Links(rows[query], candidate + tables.files, tier, share), code

    def _descends(self, owner: Ints, ancestor: Ints, asked: Flags) -> Flags:
        """Say whether a type inherits from another: what a mixin calls on itself is defined below it."""
        answer = np.zeros(len(owner), dtype=np.bool_)
        at = np.flatnonzero(asked & (owner >= 0) & (ancestor >= 0))
        current, wanted = owner[at], ancestor[at]
        for _ in range(DEPTH):
            start, count = self._bases.span(current, np.zeros_like(current))
            query, base = self._bases.all(start, count)
            at, current, wanted = at[query], self._base.base[base], wanted[query]
            answer[at[current == wanted]] = True
            open_ = np.flatnonzero(~answer[at])
            if not len(open_):
                break
            open_ = open_[np.sort(np.unique((at[open_] << 32) | current[open_], return_index=True)[1])]
            at, current, wanted = at[open_], current[open_], wanted[open_]
        return answer

    def _named_alike(self, rows: Ints, owner: Ints, scope: Ints, file: Ints) -> Flags:
        """Say whether the receiver is called like the type: `cart.total()` and Cart; in Go `c` inside a method of Cart."""
        qualifier = self.facts.references.qualifier[rows]
        type_name = np.where(owner >= 0, self.facts.symbols.name[owner], 0)
        words = self._words
        last = {code: _folded((components(words.texts[code]) or [""])[-1]) for code in np.unique(qualifier).tolist()}
        types = {code: _folded(words.texts[code]) for code in np.unique(type_name).tolist()}
        folded = {text: number for number, text in enumerate(sorted({*last.values(), *types.values()}))}
        left = _mapped(qualifier, {code: folded[text] for code, text in last.items()})
        right = _mapped(type_name, {code: folded[text] for code, text in types.items()})
        alike = (left == right) & (type_name > 0)
        inside = np.flatnonzero(self._go[file] & (owner >= 0) & (np.where(scope >= 0, self.tables.types.enclosing[scope], NONE) == owner))
        alike[inside] |= np.array(
            [len(last[q]) <= 3 and bool(last[q]) and types[t].startswith(last[q][0]) for q, t in zip(
                qualifier[inside].tolist(), type_name[inside].tolist(), strict=True)], dtype=np.bool_,
        )  # fmt: skip
        return alike


CONSIDERED = 32
"""Definitions of one name that are looked at before hints leave few; more are hopeless."""


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _mapped(column: Ints, values: dict[int, int]) -> Ints:
    if not values:
        return column
    keys = np.array(list(values), dtype=np.int64)
    return np.array(list(values.values()), dtype=np.int64)[np.searchsorted(keys, column)]
