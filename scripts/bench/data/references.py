"""References, and what they mean, as a person found out by reading: the sheet `references.csv`, of nine languages whose compilers we lack.

Drawn by `python -m scripts.bench references --draw` with a fixed seed, from the text alone: no reader of ours, and no graph, took part. A
candidate is a name in the form of a call of a method, a call of a function, a type or an import, outside of comments and texts, that some
line of the repository seems to define; a quarter at most stands in tests. Each was then graded in the source: `means` says on which
line of which file stands the name of its definition (several where a definition has several places: overloads, or a class and its
constructor), `PATH` alone for a file, `outside` for what the project does not define. What was no reference, or could not be decided by
reading, was left out.
"""

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from memoryd.filekinds import is_test, is_vendored
from scripts.bench.data.judged import Judged, Place, write_sheet

SHEET = Path(__file__).with_suffix(".csv")
COLUMNS = ("repository", "commit", "language", "kind", "path", "line", "name", "means")
OUTSIDE = "outside"
REFERENCE_PLACES = (
    Place("failsafe-lib/failsafe", "java", "ed3f92739669769274cf5c9567fd422929c20ad2"),
    Place("spf13/afero", "go", "993a85a53c41c5272a08433dca5c4eb7cc407023"),
    Place("rust-lang/mdBook", "rust", "641d06abe7d10d981ed61dd2711a30e4119666cd"),
    Place("jbogard/MediatR", "csharp", "8a64581e2570e7410c5f44835d9ea112beccbe6b"),
    Place("guzzle/guzzle", "php", "2779e868a00289e1b1fd854af030c43a06f4bcb4"),
    Place("sinatra/sinatra", "ruby", "cb22afd7902b566b6eaba6c4ea89739494a65d12"),
    Place("google/re2", "cpp", "972a15cedd008d846f1a39b2e88ce48d7f166cbd"),
    Place("square/kotlinpoet", "kotlin", "be2de914ce6eb3694092ed4e0f28626cbce1ffe0"),
    Place("Moya/Moya", "swift", "10a9dd1577c4de5135a29f99410863d2e9ee034a"),
)
ENDINGS = {
    "java": (".java",), "go": (".go",), "rust": (".rs",), "csharp": (".cs",), "php": (".php",), "ruby": (".rb",),
    "cpp": (".cc", ".h"), "kotlin": (".kt",), "swift": (".swift",),
}  # fmt: skip
SEED = 18
DRAWN = {"method": 10, "function": 5, "type": 4, "import": 2}
"""How many of each kind are drawn from a repository; more than are asked for, since some turn out to be no references."""
IN_TESTS = 0.25
QUOTED = re.compile(r'"{3}.*?"{3}|r#".*?"#|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|`[^`]*`', re.DOTALL)
QUOTED_SINGLY = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
QUOTED_BY_HASH = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*|^=begin.*?^=end', re.DOTALL | re.MULTILINE)
METHOD = re.compile(r"(?:\.|->|::|\?\.)(?P<name>[A-Za-z_]\w*)\s*(?:<[\w, ]*>)?[({]")
PLAIN_METHOD = re.compile(r"(?<=[\w\])])(?:\.|&\.)(?P<name>[a-z_]\w*[?!]?)")
FUNCTION = re.compile(r"(?<![\w.>:$@])(?P<name>[A-Za-z_]\w*)\s*(?:<[\w, ]*>)?\(")
TYPE = re.compile(r"(?<![\w$])(?P<name>[A-Z]\w*[a-z]\w*)(?!\w*\s*[(:=])")
IMPORTS = re.compile(r"^\s*(?:import|use|using|require_relative|require|#include)\b[^\n]*", re.MULTILINE)
LAST = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\.h)?[\"';)>]*\s*$")
DEFINES = re.compile(
    r"\b(?:class|interface|struct|enum|trait|object|protocol|extension|typealias|type|record|module|def|func|fun|fn|function|typedef)\s+"
    r"(?:self\.|\([^)\n]*\)\s*|<[^>\n]*>\s*|\w+\.)?(?P<name>[A-Za-z_]\w*[?!]?)|(?<=[\w>\]&*] )(?P<member>[A-Za-z_]\w*)\([^;{}]*\)[^;{}=]*\{"
)
DECLARES = re.compile(r"\b(?:fun|func|fn|function|def|class|interface|struct|enum|record|protocol|package|namespace)\b[^=]*$|^\s*$")
DECLARES_AFTER_TYPE = re.compile(r"(?<!\breturn)(?<!\bnew)(?<!\bthrow)(?<!\belse)(?<!\bawait)(?<!\bcase)(?<=[\w>\]&*])\s+$")
KEYWORDS = frozenset(
    "if for while switch catch return match when guard fn func function new sizeof super this self init print assert".split()
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is used on a line of a file, and its definition: lines `path:number` or paths; none if that is outside."""

    kind: str
    path: str
    line: int
    name: str
    means: tuple[str, ...] = ()


def graded_references() -> tuple[Judged[Reference], ...]:
    """Read the graded references of each repository."""
    found: dict[Place, list[Reference]] = defaultdict(list)
    with SHEET.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            place = next(one for one in REFERENCE_PLACES if one.repository == row["repository"])
            means = () if row["means"] == OUTSIDE else tuple(row["means"].split())
            found[place].append(Reference(row["kind"], row["path"], int(row["line"]), row["name"], means))
    return tuple(Judged(place, tuple(one)) for place, one in found.items())


def drawn(root: Path, place: Place) -> list[Reference]:
    """Draw references from a tree, always the same ones from the same tree."""
    texts = texts_of(root, place)
    defined = {one["name"] or one["member"] for text in texts.values() for one in DEFINES.finditer(text)}
    by_kind: dict[str, list[Reference]] = defaultdict(list)
    for path, text in texts.items():
        for one in _candidates(path, text, place.language):
            if one.name in defined:
                by_kind[one.kind].append(one)
    chance = random.Random(f"{SEED} {place.repository}")
    picked: list[Reference] = []
    for kind, number in DRAWN.items():
        shuffled = chance.sample(by_kind[kind], len(by_kind[kind]))
        tests = [one for one in shuffled if is_test(one.path)][: int(number * IN_TESTS)]
        code = [one for one in shuffled if not is_test(one.path)][: number - len(tests)]
        picked += sorted((*code, *tests), key=lambda one: (one.path, one.line))
    return picked


def texts_of(root: Path, place: Place) -> dict[str, str]:
    """Return the texts of a tree's files in the language that is asked about."""
    files = [file for file in sorted(root.rglob("*")) if file.suffix in ENDINGS[place.language] and file.is_file()]
    texts = {file.relative_to(root).as_posix(): file.read_text("utf-8", "replace") for file in files}
    return {path: text for path, text in texts.items() if not is_vendored(path)}


def write_references(drawn: Iterable[tuple[Place, Sequence[Reference]]]) -> None:
    """Write the sheet."""
    rows = (
        (place.repository, place.commit, place.language, one.kind, one.path, one.line, one.name, " ".join(one.means) or OUTSIDE)
        for place, tasks in drawn for one in tasks
    )  # fmt: skip
    write_sheet(SHEET, COLUMNS, rows)


def _candidates(path: str, text: str, language: str) -> Iterator[Reference]:
    quoted = {"ruby": QUOTED_BY_HASH, "php": QUOTED_SINGLY}.get(language, QUOTED)
    plain = quoted.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    imports = {text.count("\n", 0, one.start(0) + len(one[0]) - len(one[0].lstrip())) + 1: one[0] for one in IMPORTS.finditer(text)}
    for line, said in imports.items():
        if last := LAST.search(said):
            yield Reference("import", path, line, last["name"])
    patterns = {"method": PLAIN_METHOD if language == "ruby" else METHOD, "function": FUNCTION, "type": TYPE}
    for kind, pattern in patterns.items():
        for one in pattern.finditer(plain):
            line = plain.count("\n", 0, one.start("name")) + 1
            before = plain[plain.rfind("\n", 0, one.start("name")) + 1 : one.start("name")]
            after_type = kind == "function" and language in ("java", "csharp", "cpp") and DECLARES_AFTER_TYPE.search(before)
            declares = DECLARES.search(before) and (kind != "function" or before.strip() or language == "go")
            if one["name"] not in KEYWORDS and line not in imports and not declares and not after_type:
                yield Reference(kind, path, line, one["name"])
