"""The facts of many files as columns of small integers: what linking reads. Immutable; a change of some files shares the rest.

Every text is a code into one `Words`, so equal texts are equal numbers and joins are sorted searches. Files are in the
order of their paths, symbols and references grouped by file; the same files give the same columns but for the codes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from indexers import Language, base_name, languages

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SEPARATORS = re.compile(r"\.|::|->|\\|:|\?\.")


class Words:
    """Texts and their codes. Append only, so every graph patched from another can share it; code 0 is the empty text."""

    def __init__(self) -> None:
        self.texts: list[str] = [""]
        self._codes: dict[str, int] = {"": 0}

    def code(self, text: str) -> int:
        """Return the code of a text, which is remembered."""
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = len(self.texts)
            self.texts.append(text)
        return found

    def find(self, text: str) -> int:
        """Return the code of a text, -1 when it was never seen."""
        return self._codes.get(text, -1)

    def codes(self, texts: Iterable[str]) -> Ints:
        """Return the codes of many texts."""
        return np.fromiter(map(self.code, texts), dtype=np.int64)


class SymbolColumns(NamedTuple):
    """One entry per symbol. `outer` is the qualname around it; `plain` says that it is the first of its name there."""

    file: Ints
    qualname: Ints
    kind: Ints
    line: Ints
    name: Ints
    outer: Ints
    plain: Ints


class ReferenceColumns(NamedTuple):
    """One entry per reference. `head` is the first component of the qualifier, `rest` the others, joined by dots."""

    file: Ints
    name: Ints
    kind: Ints
    scope: Ints
    line: Ints
    qualifier: Ints
    alias: Ints
    head: Ints
    rest: Ints


Columns = TypeVar("Columns", SymbolColumns, ReferenceColumns)


class SymbolLike(Protocol):
    """What is read of a symbol given as a value."""

    @property
    def qualname(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def span(self) -> Any: ...


class ReferenceLike(Protocol):
    """What is read of a reference given as a value."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def alias(self) -> str: ...


class FileLike(Protocol):
    """What is read of the facts of one file given as values; `indexers.FileFacts` is one."""

    @property
    def language(self) -> str: ...
    @property
    def symbols(self) -> Sequence[SymbolLike]: ...
    @property
    def references(self) -> Sequence[ReferenceLike]: ...


class Coded(NamedTuple):
    """A column of texts as positions in a list of distinct texts: what a dictionary-encoded Arrow array holds."""

    positions: npt.NDArray[np.integer[Any]]
    texts: Sequence[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Coded":
        """Encode plain texts."""
        words: dict[str, int] = {}
        positions = np.fromiter((words.setdefault(text, len(words)) for text in texts), dtype=np.int64)
        return cls(positions, list(words))


@dataclass(frozen=True, eq=False)
class Facts:
    """Files, their symbols and their references. `paths` ascend; `file` columns are positions in `paths` and ascend."""

    words: Words
    paths: tuple[str, ...]
    languages: tuple[str, ...]
    symbols: SymbolColumns
    references: ReferenceColumns

    @classmethod
    def of(cls, files: Mapping[str, FileLike], words: Words | None = None) -> "Facts":
        """Gather the facts of files given as values, by path."""
        paths = sorted(files)
        values = [files[path] for path in paths]
        symbols = [(number, symbol) for number, file in enumerate(values) for symbol in file.symbols]
        references = [(number, reference) for number, file in enumerate(values) for reference in file.references]
        return cls.of_columns(
            words or Words(),
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
        words: Words,
        paths: Sequence[str],
        file_languages: Sequence[str],
        symbol_file: Ints,
        symbol_texts: tuple[Coded, Coded],
        symbol_line: Ints,
        reference_file: Ints,
        reference_texts: tuple[Coded, Coded, Coded, Coded, Coded],
        reference_line: Ints,
    ) -> "Facts":
        """Take columns as a store holds them, in any order of files.

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

    @cached_property
    def families(self) -> tuple["Families", Ints]:
        """What the languages of these files say about linking, and the family of each file (0: nothing links)."""
        known = Families.of(self.languages)
        return known, np.array([known.number[language] for language in self.languages], dtype=np.int64)

    @cached_property
    def symbol_starts(self) -> Ints:
        """The first symbol of each file, and the number of symbols."""
        return np.searchsorted(self.symbols.file, np.arange(len(self.paths) + 1))

    @cached_property
    def reference_starts(self) -> Ints:
        """The first reference of each file, and the number of references."""
        return np.searchsorted(self.references.file, np.arange(len(self.paths) + 1))

    def onto(self, words: Words) -> "Facts":
        """Return the same facts with the codes of other words."""
        if words is self.words:
            return self
        code = words.codes(self.words.texts)
        symbols, references = self.symbols, self.references
        return Facts(
            words, self.paths, self.languages,
            symbols._replace(**{field: code[getattr(symbols, field)] for field in ("qualname", "kind", "name", "outer")}),
            references._replace(**{
                field: code[getattr(references, field)]
                for field in ("name", "kind", "scope", "qualifier", "alias", "head", "rest")
            }),
        )  # fmt: skip

    def patched(self, removed: Iterable[str], added: "Facts") -> "Facts":
        """Return the facts without the files `removed` and with those `added`, which replace files of their paths.

        Both must share their words.
        """
        gone = (set(removed) | set(added.paths)) & self.numbers.keys()
        kept = np.ones(len(self.paths), dtype=np.bool_)
        kept[[self.numbers[path] for path in gone]] = False
        old = [path for path, keep in zip(self.paths, kept, strict=True) if keep]
        paths = sorted([*old, *added.paths]) if list(added.paths) != sorted(gone) else list(self.paths)
        number = {path: place for place, path in enumerate(paths)}
        place_old = np.full(len(self.paths), -1, dtype=np.int64)
        place_old[kept] = [number[path] for path in old]
        place_new = np.array([number[path] for path in added.paths], dtype=np.int64)
        language = dict(zip(self.paths, self.languages, strict=True)) | dict(zip(added.paths, added.languages, strict=True))
        return Facts(
            self.words,
            tuple(paths),
            tuple(language[path] for path in paths),
            _merged(self.symbols, place_old, added.symbols, place_new),
            _merged(self.references, place_old, added.references, place_new),
        )


@dataclass(frozen=True, slots=True)
class Families:
    """What the headers of the languages say, by the number of their family. Family 0 holds every text without a grammar."""

    number: dict[str, int]
    names: tuple[str, ...]
    languages: dict[str, Language]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Families":
        """Number the families of these languages; the numbers do not depend on which languages are in use."""
        known = languages()
        families = sorted({language.family for language in known.values()})
        number = {name: families.index(language.family) + 1 for name, language in known.items()}
        return cls({name: number.get(name, 0) for name in {*names, *known}}, ("", *families), known)


def _recoded(words: Words, column: Coded) -> Ints:
    codes: Ints = words.codes(column.texts)[np.asarray(column.positions, dtype=np.int64)] if len(column.texts) else np.zeros(0, np.int64)
    return codes


def _per_word(words: Words, column: Ints, function: Any) -> Ints:
    """Apply a function of text to a column, once per distinct word."""
    used = np.flatnonzero(np.bincount(column, minlength=1)) if len(column) else np.zeros(0, np.int64)
    texts = words.texts
    table = np.zeros(int(used[-1]) + 1 if len(used) else 1, dtype=np.int64)
    table[used] = [function(words, texts[code]) for code in used.tolist()]
    return table[column]


def _name(words: Words, qualname: str) -> int:
    name = base_name(qualname)
    return words.code((components(name) or [name])[-1])


def _outer(words: Words, qualname: str) -> int:
    return words.code(qualname.rpartition(".")[0])


def _plain(_words: Words, qualname: str) -> int:
    return "~" not in qualname.rpartition(".")[2]


def components(qualifier: str) -> list[str]:
    """Split a receiver or a path of types at what separates its components: `Cart()` is as good as `Cart`."""
    return [part for part in SEPARATORS.split(qualifier.removesuffix("()")) if part]


def _head(words: Words, qualifier: str) -> int:
    return words.code((components(qualifier) or [""])[0])


def _rest(words: Words, qualifier: str) -> int:
    return words.code(".".join(components(qualifier)[1:]))


def taken(columns: Columns, rows: Any) -> Columns:
    """Return the chosen rows of all columns."""
    return type(columns)(*(column[rows] for column in columns))


def _grouped(columns: Columns) -> Columns:
    if not np.any(columns.file[1:] < columns.file[:-1]):
        return columns
    return taken(columns, np.argsort(columns.file, kind="stable"))


def _merged(old: Columns, place_old: Ints, new: Columns, place_new: Ints) -> Columns:
    """Put two sets of rows together, those of a file staying together and in their order."""
    file = place_old[old.file]
    kept = file >= 0
    before = taken(old, kept)._replace(file=file[kept])
    after = _grouped(new._replace(file=place_new[new.file]))
    at = np.searchsorted(before.file, after.file)
    return type(old)(*(np.insert(a, at, b) for a, b in zip(before, after, strict=True)))
