"""Compares what an oracle tells of a file with what we read of it, and counts."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from indexers import FileFacts, Symbol
from scripts.bench.extraction.definitions import GROUPS, Definition, Told

Counts = Counter[str]
HIDDEN = {
    "haskell": re.compile(r" (?:data|type|newtype) (?:family|instance) "),
    "clojure": re.compile(r" \(def(?!n )|\."),
    "makefile": re.compile(r"\+="), "vue": re.compile(r"^\S*\."), "svelte": re.compile(r"^\S*\."),
    "ruby": re.compile(r" alias(?:_method)?\b| = (?:Struct|Class|Module|Data)\.(?:new|define)\b"),
    "objc": re.compile(r" typedef (?:NS|CF)_\w*(?:ENUM|OPTIONS)\("),
    "sql": re.compile(r"^\S+ \w+ AS \(", re.IGNORECASE),
    "elixir": re.compile(r" (?:test|describe|property)\b"),
    "ocaml": re.compile(r"^(?:\S*\.|[^\w]|\S+ \( )"), "kotlin": re.compile(r"`"),
    "c": re.compile(r"^\S+ [A-Z][A-Z0-9_]*\("), "cpp": re.compile(r"^\S+ [A-Z][A-Z0-9_]*\("),
}  # fmt: skip
"""Symbols that an oracle does not see, by qualified name and signature."""
COMMENTS = {
    "lua": "--", "haskell": "--", "bash": "#", "ruby": "#", "c": "//", "cpp": "//", "csharp": "//", "go": "//", "java": "//",
    "kotlin": "//", "php": "//", "rust": "//", "scala": "//", "swift": "//", "zig": "//",
}  # fmt: skip
"""How comments begin, of languages whose documentation is the comment above, where the oracle tells none."""
WORD = re.compile(r"\w")
REPEATED = re.compile(r"~\d+")
FEW, SHORT = 3, 8
"""The most lines of annotations between a comment and what it documents; the characters of a comment that says nothing."""


def compare(told: Told, facts: FileFacts, symbols: Sequence[Symbol], source: bytes, counts: Counts) -> Iterator[Definition]:
    """Count what is found and right of a file, and yield the definitions that are not found; `symbols` are those that the oracle knows."""
    counts["files"] += 1
    counts["errors"] += facts.has_errors
    lines = source.decode("utf-8", "replace").split("\n")
    by_name = _by_name(symbols)
    used: set[int] = set()
    for definition in told.definitions:
        covering = _covering(by_name, definition)
        counts["expected"] += 1
        counts["found"] += bool(covering)
        if not covering:
            yield definition
            continue
        used.update(id(symbol) for symbol in covering)
        _judge(definition, covering, counts)
        _judge_documentation(definition, covering, _is_documented(definition, lines, facts.language), counts)
    used.update(id(symbol) for one in told.also for symbol in _covering(by_name, one))
    counts["symbols"] += sum(id(symbol) in used or not _is_hidden(symbol, facts.language) for symbol in symbols)
    counts["right"] += len(used)
    yield from _members(told, facts, counts)
    _calls(told, facts, counts)


def _by_name(symbols: Sequence[Symbol]) -> dict[str, list[Symbol]]:
    found: dict[str, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        found[plain(symbol.name)].append(symbol)
    return found


def _covering(by_name: dict[str, list[Symbol]], definition: Definition) -> list[Symbol]:
    named = by_name.get(plain(definition.name), ())
    return [symbol for symbol in named if symbol.span.first_line <= definition.line <= symbol.span.last_line]


def _judge(definition: Definition, covering: Sequence[Symbol], counts: Counts) -> None:
    def count(what: str, is_told: object, is_right: Callable[[Symbol], bool]) -> None:
        if is_told:
            counts[f"{what} told"] += 1
            counts[f"{what} right"] += any(map(is_right, covering))

    count("ends", definition.last_line, lambda symbol: symbol.span.last_line == definition.last_line)
    known = [symbol for symbol in covering if symbol.kind in GROUPS]
    count("kinds", definition.kind and known, lambda symbol: GROUPS.get(symbol.kind) == definition.kind)
    count("names", definition.owner is not None, lambda symbol: plain(_owner(symbol)) == plain(definition.owner or ""))


def _owner(symbol: Symbol) -> str:
    return REPEATED.sub("", symbol.qualname).removesuffix(symbol.name).rstrip(".").rpartition(".")[2]


def _judge_documentation(definition: Definition, covering: Sequence[Symbol], is_documented: bool, counts: Counts) -> None:
    if definition.doc or is_documented:
        counts["docs told"] += 1
        words = (definition.doc or "").split()[:3]
        counts["docs right"] += any(symbol.doc and symbol.doc.split()[: len(words)] == words for symbol in covering)


def _is_documented(definition: Definition, lines: Sequence[str], language: str) -> bool:
    """Tell whether a comment ends right above a definition, or above its annotations: where the oracle tells no documentation."""
    mark = COMMENTS.get(language)
    if definition.doc is not None or mark is None or lines[definition.line - 1].lstrip().startswith("}"):
        return False  # `} name;` ends a type
    for line in reversed([line.strip() for line in lines[max(0, definition.line - 1 - FEW) : definition.line - 1]]):
        if not line.startswith(("@", "#[", "[")):
            is_block = line.endswith("*/") and not line.startswith("/*")
            return is_block or (line.startswith(mark) and len(line) > SHORT and WORD.search(line) is not None)
    return False


def _members(told: Told, facts: FileFacts, counts: Counts) -> Iterator[Definition]:
    """Count the members of types that we know by name in their type, as members or as definitions, and yield the others."""
    ours: dict[str, set[int]] = defaultdict(set)
    for one in facts.members:
        ours[plain(one.name)].add(one.first_line)
    known = _by_name(facts.symbols)
    for member in told.members:
        counts["members told"] += 1
        is_known = member.line in ours[plain(member.name)] or bool(_covering(known, member))
        counts["members right"] += is_known
        if not is_known:
            yield member


def _calls(told: Told, facts: FileFacts, counts: Counts) -> None:
    if told.calls is None:
        return
    ours: set[tuple[str, int]] = {(one.name, line) for one in facts.references if one.kind in ("call", "import") for line in one.lines}
    counts["calls told"] += len(told.calls)
    counts["calls right"] += sum(call in ours for call in told.calls)


def plain(name: str) -> str:
    """Return a name as all tools would write it: without its sigil, its scope, its quotes."""
    return (
        name.partition("{")[0]
        .replace(" ", "")
        .strip("\"'`[]")
        .removeprefix("$")
        .rpartition("::")[2]
        .rpartition(":")[2]
        .rpartition(".")[2]
        .lower()
    )


def _is_hidden(symbol: Symbol, language: str) -> bool:
    """Tell whether the oracle of a language is known not to see such a symbol, so that it is no mistake.

    A scanner of the beginnings of lines sees none that is nested. Universal Ctags reads no name in backticks, no tests of Elixir,
    of Clojure nothing but `defn`, of Ruby no class that a call makes, and of its aliases the names without their last sign,
    of Objective-C no enum behind a macro, of SQL no `WITH name AS (…)`, no families of Haskell, nothing that is appended to a
    variable of Make, and of a macro that makes a function, `TEST(name) { … }`, the name of the macro.
    """
    hidden = HIDDEN.get(language)
    return bool(hidden and hidden.search(f"{symbol.qualname} {symbol.signature}"))
