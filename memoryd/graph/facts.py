"""The facts of many files as columns of integers, which linking reads. Immutable: patching returns new columns.

Every text is a code into one `Interner`, so equal texts are equal numbers and joins are sorted searches. Files are in the
order of their paths, symbols and references grouped by file; the same files give the same columns but for the codes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from indexers import FileFacts, Language, base_name, languages
from memoryd.graph.columns import Coded, Flags, Interner, Ints, ReferenceColumns, SymbolColumns, components, exchanged, inserted, taken

Grouped = TypeVar("Grouped", SymbolColumns, ReferenceColumns)


@dataclass(frozen=True, eq=False)
class FactColumns:
    """Files, their symbols and their references. `paths` ascend; `file` columns are positions in `paths` and ascend."""

    words: Interner
    paths: tuple[str, ...]
    languages: tuple[str, ...]
    symbols: SymbolColumns
    references: ReferenceColumns

    @classmethod
    def of(cls, files: Mapping[str, FileFacts], words: Interner | None = None) -> "FactColumns":
        """Build the columns from the facts of files, by path."""
        paths = sorted(files)
        values = [files[path] for path in paths]
        symbols = [(number, symbol) for number, file in enumerate(values) for symbol in file.symbols]
        references = [(number, reference) for number, file in enumerate(values) for reference in file.references]
        return cls.of_columns(
            words or Interner(),
            paths,
            [file.language for file in values],
            np.array([number for number, _ in symbols], dtype=np.int64),
            (Coded.of(s.qualname for _, s in symbols), Coded.of(s.kind for _, s in symbols)),
            np.array([s.span.first_line for _, s in symbols], dtype=np.int64),
            np.array([number for number, _ in references], dtype=np.int64),
            (
                Coded.of(r.name for _, r in references), Coded.of(r.kind for _, r in references),
                Coded.of(r.scope for _, r in references), Coded.of(r.qualifier for _, r in references),
                Coded.of(r.alias for _, r in references),
            ),
            np.array([r.line for _, r in references], dtype=np.int64),
        )  # fmt: skip

    @classmethod
    def of_columns(
        cls,
        words: Interner,
        paths: Sequence[str],
        file_languages: Sequence[str],
        symbol_file: Ints,
        symbol_texts: Sequence[Coded],
        symbol_line: Ints,
        reference_file: Ints,
        reference_texts: Sequence[Coded],
        reference_line: Ints,
    ) -> "FactColumns":
        """Build the columns from those of a store, with its files in any order.

        `symbol_texts` are qualname and kind; `reference_texts` are name, kind, scope, qualifier, alias. The `file` columns
        are positions in `paths`.
        """
        order = np.array(sorted(range(len(paths)), key=paths.__getitem__), dtype=np.int64)
        place = np.empty(len(paths), dtype=np.int64)
        place[order] = np.arange(len(paths))
        qualname, kind = (_recoded(words, column) for column in symbol_texts)
        name, outer, plain = (_per_word(words, qualname, split) for split in (_name, _outer, _plain))
        symbols = SymbolColumns(place[symbol_file], qualname, kind, symbol_line.astype(np.int64), name, outer, plain)
        called, use, scope, qualifier, alias = (_recoded(words, column) for column in reference_texts)
        head, rest = (_per_word(words, qualifier, split) for split in (_head, _rest))
        line = reference_line.astype(np.int64)
        references = ReferenceColumns(place[reference_file], called, use, scope, line, qualifier, alias, head, rest)
        return cls(
            words,
            tuple(paths[number] for number in order),
            tuple(file_languages[number] for number in order),
            _grouped(symbols),
            _grouped(references),
        )

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The position of each path."""
        return {path: number for number, path in enumerate(self.paths)}

    @property
    def nodes(self) -> int:
        """The number of files and symbols, which are numbered in this order."""
        return len(self.paths) + len(self.symbols.file)

    @cached_property
    def home(self) -> Ints:
        """The file of each node."""
        return np.concatenate([np.arange(len(self.paths)), self.symbols.file])

    @cached_property
    def families(self) -> tuple["Families", Ints]:
        """The families of languages, and the number of each file's family (0: a file without references to link)."""
        known = Families.of(self.languages)
        return known, np.array([known.number[language] for language in self.languages], dtype=np.int64)

    def of_families(self, names: Collection[str]) -> Flags:
        """Flag the files whose languages are of some families."""
        families, family = self.families
        return np.array([name in names for name in families.names], dtype=np.bool_)[family]

    def rows_of(self, files: Ints) -> Ints:
        """Return the first and the last reference, exclusive, of each of some files."""
        return _spans(self.references.file, files)

    @cached_property
    def symbol_starts(self) -> Ints:
        """The row of each file's first symbol, then the number of symbols."""
        return np.searchsorted(self.symbols.file, np.arange(len(self.paths) + 1))

    @cached_property
    def reference_starts(self) -> Ints:
        """The row of each file's first reference, then the number of references."""
        return np.searchsorted(self.references.file, np.arange(len(self.paths) + 1))

    def onto(self, words: Interner) -> "FactColumns":
        """Return the same facts with the codes of another interner."""
        if words is self.words:
            return self
        code = words.codes(self.words.texts)
        symbols, references = self.symbols, self.references
        return FactColumns(
            words, self.paths, self.languages,
            symbols._replace(**{field: code[getattr(symbols, field)] for field in ("qualname", "kind", "name", "outer")}),
            references._replace(**{
                field: code[getattr(references, field)]
                for field in ("name", "kind", "scope", "qualifier", "alias", "head", "rest")
            }),
        )  # fmt: skip

    def patched(self, removed: Iterable[str], added: "FactColumns") -> "FactColumns":
        """Return the facts without the files `removed` and with those `added`, which replace files of their paths.

        Both must share one interner.
        """
        gone = (set(removed) | set(added.paths)) & self.numbers.keys()
        if set(added.paths) == gone:
            return self._replaced(added)
        kept = np.ones(len(self.paths), dtype=np.bool_)
        kept[[self.numbers[path] for path in gone]] = False
        old = [path for path, keep in zip(self.paths, kept, strict=True) if keep]
        paths = sorted([*old, *added.paths])
        number = {path: place for place, path in enumerate(paths)}
        place_old = np.full(len(self.paths), -1, dtype=np.int64)
        place_old[kept] = [number[path] for path in old]
        place_new = np.array([number[path] for path in added.paths], dtype=np.int64)
        language = dict(zip(self.paths, self.languages, strict=True)) | dict(zip(added.paths, added.languages, strict=True))
        return FactColumns(
            self.words,
            tuple(paths),
            tuple(language[path] for path in paths),
            _merged(self.symbols, place_old, added.symbols, place_new),
            _merged(self.references, place_old, added.references, place_new),
        )

    def _replaced(self, added: "FactColumns") -> "FactColumns":
        numbers = np.array([self.numbers[path] for path in added.paths], dtype=np.int64)
        names = list(self.languages)
        for number, language in zip(numbers.tolist(), added.languages, strict=True):
            names[number] = language
        symbols = _exchanged(self.symbols, added.symbols, numbers)
        references = _exchanged(self.references, added.references, numbers)
        other = FactColumns(self.words, self.paths, tuple(names), symbols, references)
        # The paths stay, so keep what was computed from them: for a small change that would be most of the work.
        other.__dict__["numbers"] = self.numbers
        if other.languages == self.languages:
            other.__dict__["families"] = self.families
        if symbols.file is self.symbols.file:
            other.__dict__.update({name: vars(self)[name] for name in ("home", "symbol_starts") if name in vars(self)})
        return other


@dataclass(frozen=True, slots=True)
class Families:
    """The families of languages, by number. Family 0 holds every file without a grammar."""

    number: dict[str, int]
    names: tuple[str, ...]
    languages: dict[str, Language]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Families":
        """Number the families of all languages; the numbers do not depend on `names`, the languages in use."""
        known = languages()
        families = sorted({language.family for language in known.values()})
        number = {name: families.index(language.family) + 1 for name, language in known.items()}
        return cls({name: number.get(name, 0) for name in {*names, *known}}, ("", *families), known)


def _recoded(words: Interner, column: Coded) -> Ints:
    codes: Ints = words.codes(column.texts)[np.asarray(column.positions, dtype=np.int64)] if len(column.texts) else np.zeros(0, np.int64)
    return codes


def _per_word(words: Interner, column: Ints, function: Any) -> Ints:
    """Apply a function of text to a column, once per distinct word."""
    used = np.flatnonzero(np.bincount(column, minlength=1)) if len(column) else np.zeros(0, np.int64)
    texts = words.texts
    table = np.zeros(int(used[-1]) + 1 if len(used) else 1, dtype=np.int64)
    table[used] = [function(words, texts[code]) for code in used.tolist()]
    return table[column]


def _name(words: Interner, qualname: str) -> int:
    name = base_name(qualname)
    return words.code((components(name) or [name])[-1])


def _outer(words: Interner, qualname: str) -> int:
    return words.code(qualname.rpartition(".")[0])


def _plain(_words: Interner, qualname: str) -> int:
    return "~" not in qualname.rpartition(".")[2]


def _head(words: Interner, qualifier: str) -> int:
    return words.code((components(qualifier) or [""])[0])


def _rest(words: Interner, qualifier: str) -> int:
    return words.code(".".join(components(qualifier)[1:]))


def _grouped(columns: Grouped) -> Grouped:
    """Order rows by file and line, so that the order a store gives them in does not matter."""
    keys = (columns.file << 32) | columns.line
    if not np.any(keys[1:] < keys[:-1]):
        return columns
    return taken(columns, np.argsort(keys, kind="stable"))


def _merged(old: Grouped, place_old: Ints, new: Grouped, place_new: Ints) -> Grouped:
    """Merge two sets of rows by file; the rows of a file stay together and in their order."""
    file = place_old[old.file]
    kept = file >= 0
    before = taken(old, kept)._replace(file=file[kept])
    after = _grouped(new._replace(file=place_new[new.file]))
    at = np.searchsorted(before.file, after.file)
    return inserted(before, at, after)


def _exchanged(old: Grouped, new: Grouped, numbers: Ints) -> Grouped:
    """Return the rows of `old` with those of the files `numbers` replaced by those of the files of `new`, in that order."""
    after: Grouped = _grouped(new._replace(file=numbers[new.file]))
    files: Ints = np.sort(numbers)
    return exchanged(old, _spans(old.file, files), after, _spans(after.file, files))


def _spans(file: Ints, files: Ints) -> Ints:
    """Return the first and the last row, exclusive, of each of some files in a column that ascends."""
    return np.column_stack([np.searchsorted(file, files), np.searchsorted(file, files, side="right")])
