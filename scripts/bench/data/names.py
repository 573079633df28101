"""Names to ask for: short functions with a name of their own, and types whose name others bear, too (the sheet `names.csv`).

The sheet was drawn by `python -m scripts.bench names --draw`, with a fixed seed, from the definitions that `indexers` finds; no ranking
took part. A short function has at most twelve lines and is the only definition of its name, in any case of letters. A type's own
definition has a body, is no extension and, among parts of one type, is in the file named after it; where a name has several own
definitions it is not drawn. Half of the types at least share their name with another definition: an extension, a part, a
declaration ahead, a constructor, a member. A quarter of the functions at most, and no type, is in tests; nothing is in vendored code.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexers import index_source, language_of, languages
from memoryd.filekinds import is_test, is_vendored
from scripts.bench.data.functions import function_questions
from scripts.bench.data.judged import Judged, Place, write_sheet

SHEET = Path(__file__).with_suffix(".csv")
COLUMNS = ("repository", "folder", "commit", "language", "kind", "name", "path", "first_line", "last_line", "others")
OTHERS = (
    Place("catchorg/Catch2", "cpp", "a6ee7e20cd4011129816df7992c1a9db2ef4b58f", "src"),
    Place("DapperLib/Dapper", "csharp", "6d48ef664acc7298c649e2d449d903b3360d5a90"),
    Place("vapor/vapor", "swift", "13efaeefd52a965009fc6a69a96ba66e7f20402e"),
    Place("JetBrains/Exposed", "kotlin", "1be664715fc581cda0ec6141b2914908dabe184e", "exposed-core"),
)
"""The repositories beside those of the questions."""
FUNCTIONS, IN_TESTS, TYPES, LINES, LETTERS, SEED = 20, 5, 12, 12, 4, 14
FUNCTION, TYPE = "function", "type"
FUNCTION_KINDS = frozenset({"function", "method"})
TYPE_KINDS = frozenset({"class", "struct", "interface", "enum", "trait", "protocol", "object", "concept", "type"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name, and where its definition stands; `others` is how many other definitions bear the name."""

    kind: str
    name: str
    path: str
    first_line: int
    last_line: int
    others: int


def name_tasks() -> tuple[Judged[Name], ...]:
    """Read the names in each repository."""
    found: dict[Place, list[Name]] = defaultdict(list)
    with SHEET.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            place = Place(row["repository"], row["language"], row["commit"], row["folder"])
            lines = (int(row["first_line"]), int(row["last_line"]))
            found[place].append(Name(row["kind"], row["name"], row["path"], *lines, int(row["others"])))
    return tuple(Judged(place, tuple(tasks)) for place, tasks in found.items())


def drawn_from() -> tuple[Place, ...]:
    """Return the repositories that names are drawn from."""
    return (*(one.place for one in function_questions()), *OTHERS)


def draw(root: Path, place: Place) -> list[Name]:
    """Draw names from a tree, always the same ones from the same tree."""
    by_name: dict[str, list[_Definition]] = defaultdict(list)
    for one in _definitions(root):
        by_name[one.name.lower()].append(one)
    chance = random.Random(f"{SEED} {place.repository}")
    functions = [found[0] for found in by_name.values() if len(found) == 1 and _is_short_function(found[0], place.language)]
    types = [own for found in by_name.values() if (own := _own(found, place.language)) is not None and not is_test(own.path)]
    shared = [one for one in types if len(by_name[one.name.lower()]) > 1]
    alone = [one for one in types if len(by_name[one.name.lower()]) == 1]
    picked = _some(shared, TYPES, chance)
    picked += _some(alone, TYPES - max(len(picked), TYPES // 2), chance) if len(picked) < TYPES else []
    short = _some([one for one in functions if is_test(one.path)], IN_TESTS, chance)
    short += _some([one for one in functions if not is_test(one.path)], FUNCTIONS - len(short), chance)
    chosen = [(FUNCTION, one) for one in short] + [(TYPE, one) for one in picked]
    return [Name(kind, one.name, one.path, one.first_line, one.last_line, len(by_name[one.name.lower()]) - 1) for kind, one in chosen]


def write(drawn: Iterable[tuple[Place, Sequence[Name]]]) -> None:
    """Write the sheet."""
    rows = (
        (place.repository, place.folder, place.commit, place.language,
         one.kind, one.name, one.path, one.first_line, one.last_line, one.others)
        for place, tasks in drawn for one in tasks
    )  # fmt: skip
    write_sheet(SHEET, COLUMNS, rows)


@dataclass(frozen=True, slots=True)
class _Definition:
    name: str
    qualname: str
    kind: str
    language: str
    path: str
    first_line: int
    last_line: int
    has_body: bool


def _definitions(root: Path) -> Iterator[_Definition]:
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if ".git" in file.relative_to(root).parts or not file.is_file() or file.is_symlink():
            continue
        source = file.read_bytes()
        language = language_of(path, source[:4096])
        if language not in languages():
            continue
        for one in index_source(language, source).symbols:
            text = source[one.span.start : one.span.end].decode("utf-8", "replace")
            lines = (one.span.first_line, one.span.last_line)
            yield _Definition(one.name, one.qualname, one.kind, language, path, *lines, _has_body(text, language))


def _has_body(text: str, language: str) -> bool:
    return "{" in text or (language in ("python", "ruby") and "\n" in text)


def _is_short_function(one: _Definition, language: str) -> bool:
    lines = one.last_line - one.first_line + 1
    plain = one.name.isidentifier() and len(one.name) >= LETTERS and not one.name.startswith("__")
    return one.kind in FUNCTION_KINDS and _is_own_code(one, language) and 2 <= lines <= LINES and plain and one.has_body


def _is_own_code(one: _Definition, language: str) -> bool:
    return one.language == language and not is_vendored(one.path)


def _own(found: Sequence[_Definition], language: str) -> _Definition | None:
    """Return the one own definition of a type among the definitions of its name."""
    own = [one for one in found if one.kind in TYPE_KINDS and _is_own_code(one, language) and one.has_body]
    if len(own) > 1 and len({one.qualname.partition("~")[0] for one in own}) == 1:
        own = [one for one in own if PurePosixPath(one.path).stem == one.name]
    return own[0] if len(own) == 1 and len(own[0].name) >= LETTERS and own[0].name.isidentifier() else None


def _some(found: Sequence[_Definition], number: int, chance: random.Random) -> list[_Definition]:
    ordered = sorted(found, key=lambda one: (one.path, one.first_line, one.name))
    return sorted(chance.sample(ordered, min(number, len(ordered))), key=lambda one: (one.path, one.first_line))
