"""The tests that reach definitions, ranked: by calls, by imports, and by the name of their file."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil

from indexers import languages, split_words
from memoryd.filekinds import is_prose, is_test
from memoryd.graph import Edge
from memoryd.history import Together
from memoryd.questions import Relation
from memoryd.relations.drafts import Draft, Row, Section, name_of, told
from memoryd.relations.model import FoundUnit
from memoryd.relations.reaching import reaching
from memoryd.relations.targets import Target
from memoryd.text import escaped, file_id, number_of, split_id
from memoryd.versions import View

DEPTH, FLOOR = 6, 0.05
"""The steps that are followed from a definition to a test, and the probability below which a test counts as not reached."""
FADING = 0.85
"""What each further step leaves of a test's score."""
NAMED, IMPORTED = 0.6, 0.3
"""The score of a test file that is called like a changed file, and of one that imports it, where nothing in it reaches the change."""
USUAL = 0.6
"""The score of a test file that changed in every commit of a changed file."""
LOSES = 0.95
"""The score of a test file that uses what is gone."""
CHANGED, GONE, WITH, NEARBY = "changed itself", "uses what is gone", "changed together", "lies near"
LAYOUT = frozenset((
    "src", "lib", "main", "test", "tests", "java", "kotlin", "spec", "specs", "__tests__", "unit", "integration", "python", "app",
    "jvmMain", "jvmTest", "commonMain", "commonTest",
))  # fmt: skip
"""Names of folders that tell code from tests, or languages: the rest of a path is the same of both."""
NEAR, ALIKE = 0.1, 0.4
"""The score of a test file that lies where tests of a changed file would, and of one whose name has all the words of a changed file's."""
FAINT = 0.03
"""The score below which places and words say nothing."""
FEWEST, MOST, SHARE, ENOUGH = 3, 10, 0.15, 0.6
"""How many test files are told however unlikely they are: a share of all of them, within bounds; and the score from which others are."""
SHORTEST = 4
"""The fewest characters of a name by which a test is looked for."""
KEPT = frozenset((CHANGED, GONE))
MORE = 0.02
"""What each further test of a file that reaches the change adds to its score."""
AFFIXES = re.compile(r"^(?:tests?[_-])|(?:[._-](?:tests?|specs?))+$|(?<=[a-z0-9])(?:Tests?|Specs?|TestCase|IT)$")
SUFFIX = re.compile(r"(?:\.d)?\.\w+$")


@dataclass(slots=True)
class _File:
    score: float = 0.0
    distance: int = 0
    tests: int = 0
    why: list[str] = field(default_factory=list)
    edge: Edge | None = None
    likely: float = 0.0


def tests_of(
    view: View, targets: Sequence[Target], heading: str, uncertain: Sequence[str], losing: Sequence[str], usual: Mapping[str, Together]
) -> Draft:
    """Return the test files that reach some definitions, the likeliest first; changed tests come before all others.

    `losing` are files in which names of what is gone no longer resolve; `usual` are files that changed together with those asked about.
    """
    files: dict[str, _File] = defaultdict(_File)
    own = {target.unit.path for target in targets if is_test(target.unit.path)}
    for path in own:
        files[path].score, files[path].why = 2.0, [CHANGED]
    for path in filter(is_test, dict.fromkeys(losing)):
        files[path].score, files[path].why = max(files[path].score, LOSES), [*files[path].why, GONE]
    _add_reached(view, targets, files)
    asked = [target for target in targets if target.unit.path not in own]
    known = tuple(filter(is_test, view.catalog.files))
    _add_named(known, {target.unit.path for target in asked}, {target.unit.name for target in asked if not target.is_file}, files)
    _add_usual(view, usual, files)
    _add_near(known, {target.unit.path for target in asked}, files)
    written = {path.rpartition(".")[0] for path in files if view.records[path].language in languages()}
    runnable = {path: one for path, one in files.items() if _holds_tests(path) and not _is_data(view, path, written)}
    best = sorted(runnable.items(), key=lambda pair: (-round(pair[1].score, 6), pair[0]))
    everything = sum(is_test(path) and record.language in languages() for path, record in view.records.items())
    most = max(FEWEST, min(MOST, ceil(SHARE * everything)))
    ranked = [pair for place, pair in enumerate(best) if place < most or pair[1].score >= ENOUGH]
    rows = tuple(_row(path, one) for path, one in ranked)
    sections = (Section(f"the likeliest first: {number_of(len(rows), 'test file')}", rows),) if rows else ()
    remarks = tuple(f"run all tests: {reason}" for reason in uncertain)
    faint = len(best) - len(ranked)
    remarks += (f"{number_of(faint, 'more test file')} may reach it, by unlikely ways",) if faint else ()
    return Draft(
        Relation.TESTS, tuple(target.unit.id for target in targets), heading, sections, remarks, hidden=faint, uncertain=tuple(uncertain)
    )


def _add_reached(view: View, targets: Sequence[Target], files: dict[str, _File]) -> None:
    found = reaching(view, targets, DEPTH, FLOOR)
    at = found.edge >= 0
    edges = view.graph.edges_at(found.edge[at])
    for edge, distance, likely in zip(edges, found.distance[at].tolist(), found.probability[at].tolist(), strict=True):
        path = split_id(edge.source)[0]
        if not is_test(path):
            continue
        one, score = files[path], likely * FADING ** (distance - 1)
        if edge.kind == "import":
            score, why = min(score, IMPORTED), "imports it"
        else:
            one.tests += 1
            why = f"{name_of(view, edge.source)} → {name_of(view, edge.target)}, {number_of(distance, 'step')}"
        if score > one.likely:
            one.likely, one.distance, one.edge = score, distance, edge
            one.why = [*(said for said in one.why if said in KEPT), why]
    for one in files.values():
        one.score = max(one.score, one.likely) + min(MORE * max(one.tests - 1, 0), 5 * MORE)


def _add_named(tests: Sequence[str], changed: set[str], names: set[str], files: dict[str, _File]) -> None:
    stems: dict[str, list[str]] = defaultdict(list)
    folders: dict[str, list[str]] = defaultdict(list)
    for path in tests:
        stems[_stem(path)].append(path)
        folders[_folder(path)].append(path)
    for name in sorted(names):
        for other in stems.get(_plain(name), ()) if len(name) >= SHORTEST else ():
            files[other].score += NAMED / 2
            files[other].why.append(f"called like {name}")
    for path in sorted(changed):
        # A folder of tests for one file: `tests/context/redirect.js` for `context.js`.
        for other in folders.get(_stem(path), ()):
            files[other].score += NAMED / 4
            files[other].why.append(f"its folder is called like {path}")
    for path in sorted(changed):
        for other in stems.get(_stem(path), ()):
            files[other].score += NAMED if not files[other].likely else NAMED / 2
            files[other].why.append(f"called like {path}")


def _add_usual(view: View, usual: Mapping[str, Together], files: dict[str, _File]) -> None:
    for path, one in usual.items():
        if is_test(path) and path in view.catalog.files:
            files[path].score += USUAL * one.confidence
            files[path].why.append(f"{WITH} in {number_of(one.support, 'commit')}")


def _add_near(tests: Sequence[str], changed: set[str], files: dict[str, _File]) -> None:
    """Add what places and words say: of tests that no edge leads from, most lie near what they test or share a word with its name."""
    places, around = {_place(path) for path in tests}, {_place(path) for path in changed}
    near = {place: max((_nearness(place, other) for other in around), default=0.0) for place in places}
    alike: dict[frozenset[str], float] = defaultdict(float)
    saying: dict[str, set[frozenset[str]]] = defaultdict(set)
    for words in {_words(path) for path in tests}:
        for word in words:
            saying[word].add(words)
    for other in {_words(path) for path in changed}:
        for words in set().union(*(saying.get(word, ()) for word in other)):
            alike[words] = max(alike[words], len(words & other) / len(words | other))
    for path in tests:
        score = NEAR * near[_place(path)] + ALIKE * alike.get(_words(path), 0.0)
        if score > FAINT:
            files[path].score += score
            files[path].why = files[path].why or [NEARBY]


def _nearness(place: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how near a place of tests is to where those of another place would be: 1 if it is there, less above or below it."""
    here, there = sorted((place, other), key=len)
    if not here or there[: len(here)] != here:
        return 0.0
    return 1.0 if here == there else len(here) / len(there) / 1.5


@lru_cache(maxsize=50_000)
def _place(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/")[:-1] if part not in LAYOUT)


@lru_cache(maxsize=50_000)
def _words(path: str) -> frozenset[str]:
    return frozenset(split_words(_bare(path)).split())


def _bare(path: str) -> str:
    """Return the name of a file without its ending and without what says that it is a test."""
    return AFFIXES.sub("", AFFIXES.sub("", SUFFIX.sub("", path.rpartition("/")[2])))


def is_no_sign(why: str) -> bool:
    """Tell whether a reason to choose a test is no sign that it reaches what was asked about: it changed together with it, or lies near."""
    return why.startswith((WITH, NEARBY))


@lru_cache(maxsize=50_000)
def _stem(path: str) -> str:
    """Return what a file is called without what says that it is a test: `tests/test_cart.py`, `CartTest.java` and `cart.py` are cart."""
    if SUFFIX.sub("", path.rpartition("/")[2]) in ("__init__", "index", "mod", "lib", "main"):
        path = path.rpartition("/")[0]
    return _plain(_bare(path))


@lru_cache(maxsize=50_000)
def _folder(path: str) -> str:
    return _plain(path.rpartition("/")[0].rpartition("/")[2])


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _holds_tests(path: str) -> bool:
    """Tell whether a test file is one that runs tests, and no fixture or settings of tests."""
    name = path.rpartition("/")[2]
    return not is_prose(path) and name not in ("conftest.py", "__init__.py")


def _is_data(view: View, path: str, written: Collection[str]) -> bool:
    """Tell whether a file in no language that is linked is what a test beside it, called like it, reads or should print."""
    return view.records[path].language not in languages() and path.rpartition(".")[0] in written


def _row(path: str, one: _File) -> Row:
    edge = told(one.edge, min(one.likely, 1.0)) if one.edge else None
    count = f"{number_of(one.tests, 'definition')} of it; " if one.tests > 1 else ""
    found = FoundUnit(file_id(path), "tests", one.distance, round(min(one.score, 1.0), 3), tuple(one.why))
    return Row(path, 0, escaped(f"{min(one.score, 1.0):.2f} {count}{', '.join(one.why)}"), False, edge, found)
