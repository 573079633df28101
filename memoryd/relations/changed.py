"""What differs between a commit and the working tree: definitions, by their own text, and what a choice of tests cannot see."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexers import base_name, language_of
from memoryd.errors import UnknownHandle
from memoryd.filekinds import is_prose
from memoryd.files import Blob
from memoryd.notes import History
from memoryd.parsing import Allowance, Definition, TextParser, Unparsed
from memoryd.relations.drafts import Row, by_place
from memoryd.relations.targets import Target, alone
from memoryd.text import escaped, number_of, qualname_in, symbol_id
from memoryd.versions import Stale, Unit, View

BUILD = re.compile(
    r"(^|/)(conftest\.py|pyproject\.toml|setup\.(py|cfg)|tox\.ini|noxfile\.py|pytest\.ini|requirements[^/]*\.txt|package\.json|tsconfig[^/]*\.json"
    r"|(jest|vitest|vite|babel|webpack)\.config\.\w+|go\.(mod|sum)|Cargo\.(toml|lock)|Makefile|CMakeLists\.txt|build\.gradle(\.kts)?|pom\.xml"
    r"|Gemfile(\.lock)?|composer\.(json|lock)|Dockerfile|[^/]*\.lock|package-lock\.json)$|^\.(github|gitlab|circleci)"
)
"""Files that decide how everything is built and tested."""
DYNAMIC = re.compile(r"\b__import__\(|\bimport_module\(|\brequire\([^\"'`)]")
"""What loads modules by names that are made while the program runs."""
SOME = 3


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from a commit: definitions that are there, ids of those that are gone, and the paths of files.

    `before` is the text that each of these files had, empty for a file that came or was not read. `unknown` says of which files it is not
    known what they defined, and why: all that they define counts as changed.
    """

    base: str
    targets: tuple[Target, ...]
    gone: tuple[str, ...]
    paths: tuple[str, ...]
    uncertain: tuple[str, ...]
    unknown: tuple[str, ...]
    before: Mapping[str, Blob]

    @property
    def heading(self) -> str:
        """What changed, in words."""
        gone = f", {len(self.gone):,} gone" if self.gone else ""
        definitions, files = number_of(len(self.targets), "definition"), number_of(len(self.paths), "file")
        return f"what changed since {self.base[:10]}: {definitions}{gone} in {files}"


def changes_since(view: View, texts: TextParser, since: str, changing: frozenset[str]) -> Changes:
    """Return what changed between the merge base of a commit and the working tree.

    Raises `UnknownHandle` if git does not know the commit, `Stale` if a file changed after it was indexed.
    """
    history = History(view.root, view.secrets)
    base = history.merge_base(since)
    if not base:
        raise UnknownHandle(history.without_merge_base(since))
    changed_units: list[Unit] = []
    gone: list[str] = []
    before: dict[str, Blob] = {}
    unparsed: dict[str, list[str]] = {}
    allowance = texts.allowance()
    changed = history.changed(base)
    for path, old in zip(changed, history.files(base, changed), strict=True):
        record = view.records.get(path)
        now = None if record is None or record.skipped else view.source(path)
        if record is not None and not record.skipped and now is None:
            if path in changing:
                continue
            raise Stale((path,))
        if now is not None and not old.unread and old.data == now:
            continue
        before[path] = old
        language = language_of(path, old.data[:4096]) if now is None else view.records[path].language
        try:
            defined = _definitions(texts, language, old, allowance)
        except Unparsed as error:
            defined = ()
            unparsed.setdefault(str(error), []).append(path)
        if now is None:
            gone += [symbol_id(path, one.qualname) for one in defined]
            continue
        units = [unit for unit in view.catalog.files[path] if unit.is_symbol]
        was, new = _own_texts(defined, old.data), _own_texts(units, now)
        gone += [symbol_id(path, name) for name in was if name and name not in new]
        changed_units += _units(view, path, (name for name, text in new.items() if was.get(name) != text))
    unknown = tuple(f"it is not known what {_some(paths)} defined before: {escaped(why)}" for why, paths in unparsed.items())
    uncertain = (*unknown, *_uncertain(view, list(before), gone))
    # A type or file whose own lines changed does not stand for what is in it.
    return Changes(base, tuple(alone(view, changed_units)), tuple(gone), tuple(before), uncertain, unknown, before)


def _definitions(texts: TextParser, language: str, old: Blob, allowance: Allowance) -> tuple[Definition, ...]:
    if old.unread:
        raise Unparsed(old.unread)
    return texts.definitions(language, old.data, allowance)


def lost_uses(view: View, changes: Changes) -> list[Row]:
    """Return the uses of what is gone: references with such a name that no longer resolve."""
    references, text = view.graph.facts.references, view.graph.facts.words.text
    names = sorted({base_name(qualname_in(id_)) for id_ in changes.gone})
    rows = []
    for kind in ("call", "import", "inherit", "type"):
        for row in view.graph.misses(names, kind, needs_receiver=False).rows.tolist():
            path = view.graph.facts.paths[int(references.file[row])]
            scope = text(references.scope[row]) or path.rpartition("/")[2]
            line = int(references.line[row])
            rows.append(Row(path, line, escaped(f"{scope} → {text(references.name[row])} ({kind})"), True))
    return list(by_place(rows))


def _units(view: View, path: str, names: Iterable[str]) -> Iterator[Unit]:
    """Yield the definitions of a file that have some names; the file itself for no name."""
    units = (view.catalog.by_id.get(symbol_id(path, name)) if name else view.catalog.files[path][0] for name in names)
    return filter(None, units)


def _own_texts(defined: Iterable[Definition | Unit], source: bytes) -> dict[str, bytes]:
    """Return the text of each definition without those in it, by qualified name, and that of the file itself under ""."""
    spans = sorted(((one.start, one.end, one.qualname) for one in defined), key=lambda one: (one[0], -one[1]))
    found: dict[str, list[bytes]] = {"": []}
    around: list[tuple[int, str]] = [(len(source), "")]
    at = 0
    for start, end, name in spans:
        while around[-1][0] <= start:
            stop, inner = around.pop()
            found[inner].append(source[at:stop])
            at = max(at, stop)
        found[around[-1][1]].append(source[at:start])
        found.setdefault(name, [])
        around.append((end, name))
        at = start
    while around:
        stop, inner = around.pop()
        found[inner].append(source[at:stop])
        at = max(at, stop)
    return {name: b"\n".join(part.strip() for part in parts if part.strip()) for name, parts in found.items()}


def _uncertain(view: View, paths: Sequence[str], gone: Sequence[str]) -> Iterator[str]:
    """Yield the reasons for which tests may depend on a change that no edge tells of."""
    if build := [path for path in paths if BUILD.search(path)]:
        yield f"what builds or configures the tests changed: {_some(build)}"
    data = [path for path in paths if not BUILD.search(path) and not is_prose(path) and not _is_code(view, path)]
    if data:
        yield f"it is not known which tests read {_some(data)}"
    dynamic = [path for path in paths if path in view.records and DYNAMIC.search((view.source(path) or b"").decode("utf-8", "replace"))]
    if dynamic:
        yield f"modules are loaded by name in {_some(dynamic)}"
    lost = {id_: base_name(qualname_in(id_)) for id_ in gone}
    missed = view.graph.misses(list(set(lost.values())), "call", needs_receiver=False).rows
    names = set(map(view.graph.facts.words.text, np.unique(view.graph.facts.references.name[missed]).tolist()))
    if left := [id_ for id_, name in lost.items() if name in names]:
        yield f"definitions are gone, and calls of such a name could not be resolved: {_some(left)}"


def _is_code(view: View, path: str) -> bool:
    number = view.graph.facts.numbers.get(path, -1)
    return number >= 0 and view.graph.is_linked(number)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return f"{', '.join(map(escaped, names[:SOME]))}{more}"
