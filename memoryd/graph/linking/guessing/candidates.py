"""The definitions that a reference may mean by its name, and what speaks for each of them, as columns of features.

All of it follows from the file of the reference, from the interfaces of others, and from their paths: what a patch compares. Nothing
counts over the whole project.
"""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexers import identifier_parts
from memoryd.filekinds import is_test
from memoryd.graph.columns import Flags, Ints, components, flagged, spread
from memoryd.graph.linking.announcing import Announcing
from memoryd.graph.linking.guessing.library import library_members
from memoryd.graph.linking.hierarchy import Hierarchy
from memoryd.graph.linking.lookup import NONE, Lookup
from memoryd.graph.linking.places import MEMBER
from memoryd.graph.linking.tables import Tables

Features = npt.NDArray[np.float64]
CONSIDERED = 32
"""The most definitions of one name that are compared with the reference; a name with more is not linked."""
MOST_BESIDE = 8
"""The most other names called on a receiver that are looked for among the members of a candidate's type."""
SHORTEST = 3
"""The fewest letters of a word that stands for a longer one."""
LEARNT = ("python", "javascript")
"""The families of languages whose compilers odds were learnt from."""

MEMBERS = frozenset(
    """
abort add addAll addEventListener all any append apply arrayBuffer blob call clear clone close compareTo concat contains copy count decode
delete each emplace_back empty encode endswith equals entries every extend filter find first flatMap flush forEach format formData get
getClass group has hashCode includes index indexOf insert isEmpty items iter join json keys last len length list lock lower
map match max min name next open pop print push push_back put read readline reduce remove replace reverse run search set
setdefault size slice some sort split start startsWith startswith stop strip sub substring sum test text then toLowerCase
toString to_s trim union unlock unwrap update upper values wait write
""".split()
)
"""Members of containers, strings and files: a call of one on an unknown receiver mostly means these. Further names of the languages that
no odds were learnt from are mined (`library_members`)."""
GLOBALS = frozenset(
    """
Blob Date Error Event File FormData Headers Map Number Object Promise Proxy Request Response Set String Symbol URL WeakMap Worker
""".split()
)
"""Names that programs which run in browsers have without importing them."""

FEATURES = (
    "named alike", "last word alike", "type is named here", "file is imported", "folder is imported", "same file", "nearest",
    "only tests have it", "members beside: all", "members beside: some", "members beside: none", "above others",
)  # fmt: skip
"""What speaks for one candidate; `NOTHINGS` are what speaks for none of them."""
IN_FAVOUR = [FEATURES.index(name) for name in (
    "named alike", "last word alike", "type is named here", "file is imported", "same file", "members beside: all", "above others"
)]  # fmt: skip
NAMED_TYPES = ("c", "jvm", "php", "rust", "swift")
"""The families in which a capital before a point, an arrow or two colons begins the name of a type, and types get members by inheriting."""
CAPITALISED = re.compile(r"[A-Z][^\Wa-z]*[a-z]")
PLAIN_WORDS = frozenset("add as at be by can do for from get has in is of on or set to with".split())
"""Words that tell little of what a name means."""
NEAR = [FEATURES.index(name) for name in ("file is imported", "folder is imported", "same file")]
REQUIRED = [FEATURES.index(name) for name in ("file is imported", "same file")]
NOTHINGS = (
    "always", "of a library", "called on a result", "called on a member", "many", "only one", "nothing named alike",
    "nothing imported",
)  # fmt: skip


class OpenReferences(NamedTuple):
    """References that no rule resolves, and that are compared by their names: columns with an entry each."""

    row: Ints
    file: Ints
    scope: Ints
    name: Ints
    is_bare: Flags
    is_mine: Flags
    is_type_use: Flags


class Candidates(NamedTuple):
    """Pairs of a reference (its position in `OpenReferences`) and a symbol that it may mean, ordered by both.

    `total` counts all definitions of each reference's name, also those that were not compared.
    """

    query: Ints
    symbol: Ints
    total: Ints


class CandidateFeatures(NamedTuple):
    """What speaks for each candidate, by `FEATURES`, and for none of a reference's candidates, by `NOTHINGS`."""

    for_each: Features
    for_none: Features


class Comparing:
    """Finds and compares the candidates of references, in one set of tables."""

    def __init__(self, tables: Tables, hierarchy: Hierarchy, announcing: Announcing) -> None:
        self._tables, self._facts, self._hierarchy, self._announcing = tables, tables.facts, hierarchy, announcing
        self._words = self._facts.words
        self._family = self._facts.families[1]
        self._learnt, self._go = self._facts.of_families(LEARNT), self._facts.of_families(("go",))

    def candidates(self, asked: OpenReferences) -> Candidates:
        """Return the definitions of the names that fit: members for what is called on something, visible from elsewhere."""
        tables, types, symbols = self._tables, self._tables.types, self._facts.symbols
        family = self._family[asked.file]
        starts, counts = [], []
        for lookup, wanted in ((tables.free, asked.is_bare), (tables.member, ~asked.is_bare)):
            start, count = lookup.span(family, asked.name)
            starts.append(start)
            counts.append(np.where(wanted, count, 0))
        total = counts[0] + counts[1]
        for count in counts:
            count[count > CONSIDERED] = 0
        query, symbol = (np.concatenate(parts) for parts in zip(
            tables.free.all(starts[0], counts[0]), tables.member.all(starts[1], counts[1]), strict=True
        ))  # fmt: skip
        mine = asked.is_mine[query]
        fits = ~types.hidden[symbol] | (symbols.file[symbol] == asked.file[query])
        fits &= ~asked.is_type_use[query] | types.is_type[symbol]
        fits &= ~mine | self._hierarchy.descends(types.owner[symbol], types.around(asked.scope)[query], mine)
        query, symbol = query[fits], symbol[fits]
        once = ~self._announcing.is_told_twice(query, symbol)
        query, symbol = query[once], symbol[once]
        order = np.lexsort((symbol, query))
        return Candidates(query[order], symbol[order], total)

    def features(self, asked: OpenReferences, found: Candidates) -> CandidateFeatures:
        """Return what speaks for each candidate, and for none of them."""
        symbols, types, size = self._facts.symbols, self._tables.types, len(asked.row)
        query, symbol = found.query, found.symbol
        file, home, owner = asked.file[query], symbols.file[symbol], types.owner[symbol]
        alike, last = self._named_alike(asked, found)
        beside, asks = self._beside(asked, found)
        imported = self._imports(file, home)
        common = self._in_common(file, home)
        for_each = np.stack([
            alike, last & ~alike, self._is_named_in(file, owner), imported[0], imported[1] & ~imported[0], file == home,
            _is_largest(query, common, size), self._of_tests(home) & ~self._of_tests(file),
            asks & (beside >= 1), asks & (beside > 0) & (beside < 1), asks & (beside == 0), self._is_above(found),
        ]).astype(np.float64)  # fmt: skip
        number = np.bincount(query, minlength=size)
        none_alike, none_imported = (np.bincount(query, flags, size) == 0 for flags in (alike | last, imported[0]))
        library = self._is_of_library(asked)
        called, member = self._receivers(asked)
        for_none = np.stack([
            np.ones(size), library, called, member, np.log2(np.maximum(number, 1)) / 5, (number == 1) & ~library,
            none_alike & ~asked.is_bare & ~asked.is_mine, none_imported,
        ]).astype(np.float64)  # fmt: skip
        return CandidateFeatures(for_each.T, for_none.T)

    def _is_of_library(self, asked: OpenReferences) -> Flags:
        """Mark the references whose name is mostly that of something in a library, by the family of their file."""
        families = self._facts.families[0].names
        keys, back = np.unique((self._family[asked.file] << 32) | asked.name, return_inverse=True)
        told = [(families[key >> 32], self._words.text(key & 0xFFFFFFFF)) for key in keys.tolist()]
        member, name = (
            np.array(flags, dtype=np.bool_)[back.reshape(-1)]
            for flags in (
                [text in MEMBERS or (family not in LEARNT and text in library_members(family)) for family, text in told],
                [text in GLOBALS for _, text in told],
            )
        )
        return np.asarray(np.where(asked.is_bare, name, member) & ~asked.is_mine)

    def is_learnt(self, file: Ints) -> Flags:
        """Mark the files in languages that odds were learnt from."""
        return self._learnt[file]

    def could_be_any(self, asked: OpenReferences, found: Candidates, features: CandidateFeatures) -> Flags:
        """Mark the candidates for which nothing speaks but a name of one word, such as `path` and `getLine`, which libraries have, too."""
        doubtful = ~features.for_each[:, IN_FAVOUR].any(axis=1) & ~asked.is_bare[found.query] & ~asked.is_mine[found.query]
        names, back = np.unique(asked.name[found.query[doubtful]], return_inverse=True)
        few = [sum(word.lower() not in PLAIN_WORDS for word in identifier_parts(self._words.text(name))) < 2 for name in names.tolist()]
        doubtful[doubtful] = np.array(few, dtype=np.bool_)[back.reshape(-1)]
        return doubtful

    def out_of_sight(self, asked: OpenReferences, found: Candidates, features: CandidateFeatures) -> Flags:
        """Mark the candidates that their language hardly lets the file see.

        Of C and C++, what no file defines that is included; of Lua, a function of a file that is not required, since most are local; of
        Go, what is of a package that is not imported; of Rust, what is of a type of another project; of Kotlin, an extension function of
        another package that is not imported; of Swift, what is called on something without a name: `.large(1)` mostly means a case of an
        enumeration. Of all languages that odds were not learnt from, what is in another type than the one that is named as its receiver.
        """
        tables, types, are_of = self._tables, self._tables.types, self._facts.of_families
        file, home, owner = asked.file[found.query], self._facts.symbols.file[found.symbol], types.owner[found.symbol]
        is_near = features.for_each[:, NEAR].any(axis=1)
        loose = (types.place[found.symbol] == MEMBER) & (owner < 0)
        flags = are_of(("go",))[file] & ~is_near & ~asked.is_bare[found.query]
        required = features.for_each[:, REQUIRED].any(axis=1)
        flags |= are_of(("lua",))[file] & ~required & asked.is_bare[found.query]
        flags |= are_of(("rust",))[file] & loose
        flags |= are_of(("swift",))[file] & (self._facts.references.qualifier[asked.row[found.query]] == self._words.find("?"))
        inner = ~asked.is_bare[found.query] | (self._facts.symbols.outer[found.symbol] > 0)  # a function of C may be declared anywhere
        unseen = np.flatnonzero(are_of(("c",))[file] & (file != home) & inner & ~asked.is_type_use[found.query])
        flags[unseen] = tables.reach.first(file[unseen], home[unseen]) < 0
        extended = np.flatnonzero(are_of(("jvm",))[file] & loose)
        extended = extended[tables.bindings.first(file[extended], asked.name[found.query[extended]]) < 0]
        numbers = np.stack([file[extended], home[extended]])
        package = {number: _package(self._facts.paths[number]) for number in np.unique(numbers).tolist()}
        flags[extended] = [package[one] != package[other] for one, other in numbers.T.tolist()]
        return np.asarray(flags | self._of_another(asked, found))

    def _of_another(self, asked: OpenReferences, found: Candidates) -> Flags:
        """Mark the candidates in another type than the one that is named before the reference.

        Names of types are told by what they stand before: a type (`Reader::Location`), or, where no property looks alike and types get
        no members from others, a call (`Value::from_file`).
        """
        rows, file, owner = asked.row[found.query], asked.file[found.query], self._tables.types.owner[found.symbol]
        at = np.flatnonzero((owner >= 0) & ~self._learnt[file] & ~asked.is_bare[found.query] & ~asked.is_mine[found.query])
        qualifier, type_name = self._facts.references.qualifier[rows[at]], self._facts.symbols.name[owner[at]]
        called = self._facts.references.kind[rows[at]] == self._words.find("call")
        calls_named = self._facts.of_families(NAMED_TYPES)[file[at]]
        chains = {code: self._words.chain(code) for code in np.unique(qualifier).tolist()}
        ends = {code: 0 if not chain or any(called for _, called in chain) else chain[-1][0] for code, chain in chains.items()}
        end = _mapped(qualifier, ends)
        is_type = _mapped(end, {code: int(CAPITALISED.match(self._words.text(code)) is not None) for code in np.unique(end).tolist()}) > 0
        flags = np.zeros(len(owner), dtype=np.bool_)
        flags[at] = (end > 0) & (end != type_name) & (asked.is_type_use[found.query[at]] | (called & calls_named & is_type))
        return flags

    def _receivers(self, asked: OpenReferences) -> tuple[Flags, Flags]:
        """Mark the references called on the result of a call or an expression, and those called on a member of something."""
        qualifier = self._facts.references.qualifier[asked.row]
        texts = {code: self._words.text(code) for code in np.unique(qualifier).tolist()}
        called = _mapped(qualifier, {code: int(text.endswith("()") or text.startswith("?")) for code, text in texts.items()})
        member = _mapped(qualifier, {code: int(len(components(text)) > 1) for code, text in texts.items()})
        return called > 0, (member > 0) & (called == 0)

    def _named_alike(self, asked: OpenReferences, found: Candidates) -> tuple[Flags, Flags]:
        """Mark candidates whose type is called like the receiver (`cart.total()` and Cart; in Go `c` inside a method of Cart).

        Then those where the last words of both are the same, as in `self.form_field` and CharField.
        """
        rows, scope, file = asked.row[found.query], asked.scope[found.query], asked.file[found.query]
        owner = self._tables.types.owner[found.symbol]
        qualifier = self._facts.references.qualifier[rows]
        type_name = np.where(owner >= 0, self._facts.symbols.name[owner] if len(self._facts.symbols.name) else 0, 0)
        words = self._words
        # A call is no receiver with the name of a type, since its result is unknown: `request.Context()` is no Context.
        last = {
            code: "" if (text := words.text(code)).endswith("()") or text.startswith("?") else (components(text) or [""])[-1]
            for code in np.unique(qualifier).tolist()
        }
        types = {code: words.text(code) for code in np.unique(type_name).tolist()}
        pairs, back = np.unique((qualifier << 32) | type_name, return_inverse=True)
        told = [(last[pair >> 32], types[pair & 0xFFFFFFFF]) for pair in pairs.tolist()]
        alike, likely = (
            np.array([bool(left and right) and same(left, right) for left, right in told], dtype=np.bool_)[back.reshape(-1)]
            for same in (_are_same, _end_alike)
        )
        inside = np.flatnonzero(self._go[file] & (owner >= 0) & (self._tables.types.around(scope) == owner))
        alike[inside] |= np.array(
            [len(last[q]) <= 3 and bool(last[q]) and _folded(types[t]).startswith(_folded(last[q])[:1]) for q, t in zip(
                qualifier[inside].tolist(), type_name[inside].tolist(), strict=True)], dtype=np.bool_,
        )  # fmt: skip
        plain = ~asked.is_bare[found.query] & ~asked.is_mine[found.query]
        return alike & plain, likely & plain

    def _is_named_in(self, file: Ints, owner: Ints) -> Flags:
        """Tell whether each file says the name of the candidate's type, in any of its references."""
        references, symbols = self._facts.references, self._facts.symbols
        told = np.where(owner >= 0, symbols.name[owner], 0) if len(symbols.name) else owner
        files = np.unique(file)
        rows = spread(self._facts.rows_of(files))
        home = references.file[rows]
        said = [(home << 32) | column[rows] for column in (references.name, references.alias, references.head)]
        known = np.unique(np.concatenate(said))
        return np.isin((file << 32) | told, known) & (told > 0)

    def _imports(self, file: Ints, home: Ints) -> tuple[Flags, Flags]:
        """Tell whether each file imports another, or something of it, and whether it imports from the other's folder."""
        tables, imports = self._tables, self._tables.imports
        at = np.flatnonzero(flagged(file, tables.files)[imports.file])
        pairs, folders = [], []
        home_of = np.concatenate([self._facts.home, np.full(1, NONE, dtype=np.int64)])
        for column in (imports.module[at], imports.target[at]):
            inside = (column >= 0) & (column < tables.nodes)
            pairs.append((imports.file[at][inside] << 32) | home_of[column[inside]])
            packages = column >= tables.nodes
            folders.append((imports.file[at][packages] << 32) | (column[packages] - tables.nodes))
        known = np.unique(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
        origin, to = known >> 32, known & 0xFFFFFFFF
        around = np.unique(np.concatenate([*folders, (origin << 32) | tables.folder_of[to]]))
        direct = np.isin((file << 32) | home, known)
        near = tables.package_scope[file] & (tables.folder_of[file] == tables.folder_of[home])
        return direct, near | np.isin((file << 32) | tables.folder_of[home], around)

    def _in_common(self, file: Ints, home: Ints) -> Ints:
        """Return the number of folders that two files have in common."""
        keys, back = np.unique((file << 32) | home, return_inverse=True)
        paths = self._facts.paths
        counts = np.array([_common(paths[key >> 32], paths[key & 0xFFFFFFFF]) for key in keys.tolist()], dtype=np.int64)
        return counts[back.reshape(-1)] if len(keys) else counts

    def _of_tests(self, file: Ints) -> Flags:
        files, back = np.unique(file, return_inverse=True)
        flags = np.array([is_test(self._facts.paths[number]) for number in files.tolist()], dtype=np.bool_)
        return flags[back.reshape(-1)] if len(files) else flags

    def _is_above(self, found: Candidates) -> Flags:
        """Mark candidates of types from which others of the same reference's candidates inherit: what calls say they mean."""
        types = self._tables.types
        owner = types.owner[found.symbol]
        pairs = Lookup(found.query, np.zeros_like(found.query), owner)
        start, count = pairs.span(found.query, np.zeros_like(found.query))
        one, other = pairs.all(start, np.where(owner >= 0, count, 0))
        # One number for each pair: to sort pairs takes many times as long. Some have no owner, which is below 0.
        keys, back = np.unique((owner[one] << 32) | (other + 1), return_inverse=True)
        below, above = (keys & 0xFFFFFFFF) - 1, keys >> 32
        is_below = self._hierarchy.descends(below, above, below != above)[back]
        flags = np.zeros(len(owner), dtype=np.bool_)
        flags[one[is_below]] = True
        return flags

    def _beside(self, asked: OpenReferences, found: Candidates) -> tuple[Features, Flags]:
        """Return the share of the other names called on a reference's receiver in its file that a candidate's type has.

        Also tell whether there are any.
        """
        references, types = self._facts.references, self._tables.types
        qualifier = references.qualifier[asked.row]
        call = self._words.find("call")
        asking = ~asked.is_bare & ~asked.is_mine & (references.kind[asked.row] == call)
        files = np.unique(asked.file[asking])
        rows = spread(self._facts.rows_of(files))
        rows = rows[(references.qualifier[rows] > 0) & (references.kind[rows] == call)]
        receivers, back = np.unique((references.file[rows] << 32) | references.qualifier[rows], return_inverse=True)
        pairs = np.unique((back.reshape(-1) << 32) | references.name[rows])
        receiver = receivers[pairs >> 32]
        keys = np.stack([receiver >> 32, receiver & 0xFFFFFFFF, pairs & 0xFFFFFFFF])
        # Of many names the first count: by their texts, since codes depend on what was read before.
        keys = keys[:, self._alphabetically(keys[2])]
        called = Lookup(keys[0], keys[1], keys[2])
        start, count = called.span(asked.file, qualifier)
        at = np.flatnonzero(asking[found.query] & (types.owner[found.symbol] >= 0))
        query = found.query[at]
        one, name = called.all(start[query], np.minimum(count[query], MOST_BESIDE))
        kept = name != asked.name[query[one]]
        one, name = one[kept], name[kept]
        owner = types.owner[found.symbol[at[one]]]
        member, _ = self._hierarchy.members(asked.file[query[one]], owner, name, np.zeros(len(one), dtype=np.bool_))
        total = np.bincount(at[one], minlength=len(found.query))
        has = np.bincount(at[one], (member >= 0).astype(np.float64), len(found.query))
        return np.asarray(has / np.maximum(total, 1), dtype=np.float64), total > 0

    def _alphabetically(self, names: Ints) -> Ints:
        """Return the order in which names ascend, each by its text."""
        codes, back = np.unique(names, return_inverse=True)
        texts = [self._words.text(code) for code in codes.tolist()]
        place = np.empty(len(codes), np.int64)
        place[sorted(range(len(codes)), key=texts.__getitem__)] = np.arange(len(codes))
        return np.argsort(place[back.reshape(-1)], kind="stable")


def _package(path: str) -> str:
    """Return the package of a file of Kotlin, by its folder below one of sources."""
    folders = path.split("/")[:-1]
    roots = [place for place, name in enumerate(folders) if name in ("kotlin", "java")]
    return "/".join(folders[roots[-1] + 1 :] if roots else folders)


def _are_same(receiver: str, type_name: str) -> bool:
    return _folded(receiver) == _folded(type_name)


def _end_alike(receiver: str, type_name: str) -> bool:
    """Tell whether the last words of two names are the same, or one is short for the other: `self.form_field` and CharField."""
    short, long = sorted((_last_word(receiver), _last_word(type_name)), key=len)
    return len(short) >= SHORTEST and long.startswith(short)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def _last_word(name: str) -> str:
    """Return the last word of a name in capitals or underscores: `CharField`, `form_field` → field."""
    name = name.rstrip("_0123456789")
    start = len(name)
    while start > 0 and name[start - 1].islower():
        start -= 1
    start -= 1 if 0 < start < len(name) and name[start - 1].isupper() else 0
    return name[start:].strip("_").lower()


def _is_largest(query: Ints, values: Ints, size: int) -> Flags:
    """Mark the candidates with the largest value among those of their reference, where there is a smaller one."""
    most, least = np.full(size, -1, dtype=np.int64), np.full(size, 1 << 30, dtype=np.int64)
    np.maximum.at(most, query, values)
    np.minimum.at(least, query, values)
    return np.asarray((values == most[query]) & (most[query] > least[query]))


def _common(one: str, other: str) -> int:
    folders = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    count = 0
    for left, right in folders:
        if left != right:
            break
        count += 1
    return count


def _mapped(column: Ints, values: dict[int, int]) -> Ints:
    if not values:
        return column
    keys = np.array(list(values), dtype=np.int64)
    return np.array(list(values.values()), dtype=np.int64)[np.searchsorted(keys, column)]
