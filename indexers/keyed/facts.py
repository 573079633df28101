"""Finds the definitions and references of a file of YAML by the paths of its keys, as the rules of its language say.

Rules are the lines of `languages/<name>.scm`: the path of a key, then what it is. `*` in a path stands for any key, `-` for an item of
a sequence, `a|b` for either, `**` at its beginning for anything.

- `@definition.<kind>`: a definition of the key's name, and of all below it. `@name` below it names it otherwise; `@doc` documents it and is
  its title; comments right above its key are of it, too. Its signature is made of its kind, its name and its title.
- `@reference.<kind>`: a use of what the value names, or, where the path ends in `*`, the key. `import` names a file.
- `@reference.pointer`: a use of what the last part of a path names. `@route` registers the function of that name for `METHOD /path`, which
  are the two keys around.
- `@doc.file` is the documentation of the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from indexers.joining import joined
from indexers.keyed.reading import ITEM, Document, Entry, read, text_of
from indexers.language import Language
from indexers.model import FileFacts, Reference, Symbol, free_name
from indexers.registrations import ROUTE, spellings
from indexers.text import Lines, cut_blocks, gaps

RULE = re.compile(r"^([^;\s]\S*)[ \t]+@([\w.]+)$", re.MULTILINE)
NAME = re.compile(r"[\w.-]+")
TITLE = 300
DOC_CHARACTERS = 1_200
NAME_CHARACTERS = 200
LABEL_CHARACTERS = 160
"""The most characters of a path in the label of a route."""
NOTICE = re.compile(r"copyright|licen[sc]e|SPDX", re.IGNORECASE)

Path = tuple[str, ...]


@dataclass(slots=True)
class _Definition:
    kind: str
    entry: Entry
    name: str
    docs: dict[int, str] = field(default_factory=dict)
    """What documents it, by the number of the rule."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A reference, with the definition around it."""

    kind: str
    name: str
    qualifier: str
    alias: str
    start: int
    around: _Definition | None


def index_keyed(language: Language, source: bytes, lines: Lines) -> FileFacts:
    """Return the facts of a file of YAML."""
    document = read(source, lines)
    definitions, references, doc = _walked(_rules(language.query), document, source)
    alone, names = _symbols(definitions, document, source, lines)
    symbols = joined(source, lines, alone, {})
    return FileFacts(
        language=language.name,
        symbols=symbols,
        own_spans=tuple(symbol.span for symbol in alone),
        references=_references(references, names, lines),
        blocks=cut_blocks(source, lines, gaps(source, symbols), language.name),
        doc="\n".join(filter(None, (doc, _opening(document, lines)))),
        has_errors=document.is_broken,
    )


class _Rule(NamedTuple):
    """What a key is whose path these steps are, or end if the path may begin anywhere. A step is the keys that fit, `None` for any."""

    steps: tuple[frozenset[str] | None, ...]
    is_anywhere: bool
    role: str

    def fits(self, path: Path) -> bool:
        """Tell whether the key at a path is what the rule says."""
        end = path[-len(self.steps) :] if self.is_anywhere else path
        pairs = zip(end, self.steps, strict=True)
        return len(end) == len(self.steps) and all(key in step if step is not None else key != ITEM for key, step in pairs)


@cache
def _rules(query: str) -> tuple[_Rule, ...]:
    """Return the rules of a language."""
    found = []
    for path, role in RULE.findall(query):
        steps = path.removeprefix("**.").split(".")
        wanted = (None if step == "*" else frozenset({ITEM}) if step == "-" else frozenset(step.split("|")) for step in steps)
        found.append(_Rule(tuple(wanted), path.startswith("**."), role))
    return tuple(found)


def _walked(rules: tuple[_Rule, ...], document: Document, source: bytes) -> tuple[list[_Definition], list[_Found], str]:
    """Return the definitions, the references and the documentation of a file, in the order of its keys."""
    definitions: list[_Definition] = []
    references: list[_Found] = []
    around: list[_Definition] = []
    docs: dict[int, str] = {}
    for entry in document.entries:
        while around and entry.start >= around[-1].entry.end:
            around.pop()
        for number, rule in enumerate(rules):
            if not rule.fits(entry.path):
                continue
            role, _, kind = rule.role.partition(".")
            if role == "definition":
                around.append(_Definition(kind, entry, entry.path[-1]))
                definitions.append(around[-1])
                continue
            said = entry.path[-1] if rule.steps[-1] is None else text_of(source, entry)
            holder = around[-1] if around else None
            if role == "reference":
                references += _named(kind, said, entry, holder)
            elif kind == "file":
                docs.setdefault(number, said)
            elif holder and role == "name":
                holder.name = said or holder.name
            elif holder and role == "doc":
                holder.docs.setdefault(number, said)
            elif holder and role == ROUTE:
                references += _routed(said, entry, holder)
    return definitions, references, "\n".join(text for _, text in sorted(docs.items()) if text)[:DOC_CHARACTERS]


def _named(kind: str, said: str, entry: Entry, holder: _Definition | None) -> Iterator[_Found]:
    start = entry.value[0] or entry.start
    if kind == "import":
        if said:
            yield _Found(kind, "", " ".join(said.split())[:NAME_CHARACTERS], "", start, holder)
        return
    name = said.rpartition("/")[2] if kind == "pointer" else said.partition(":")[0]
    if NAME.fullmatch(name):
        yield _Found("type" if kind == "pointer" else kind, name[:NAME_CHARACTERS], "", "", start, holder)


def _routed(said: str, entry: Entry, holder: _Definition) -> Iterator[_Found]:
    """Yield the registration of the function that an operation names, however a language writes that name."""
    path, method = entry.path[-3:-1]
    label = f"{method.upper()} {' '.join(path.split())[:LABEL_CHARACTERS]} (OpenAPI)"
    for name in spellings(said):
        yield _Found(ROUTE, name, "", label, entry.value[0] or entry.start, holder)


def _symbols(definitions: list[_Definition], document: Document, source: bytes, lines: Lines) -> tuple[list[Symbol], dict[int, str]]:
    """Return the definitions as symbols, outer before inner, and their qualified names by the byte at which their keys begin."""
    symbols: list[Symbol] = []
    names: dict[int, str] = {}
    taken: set[str] = set()
    around: list[tuple[int, str]] = []
    passed = 0
    for one in definitions:
        while around and one.entry.start >= around[-1][0]:
            around.pop()
        name = " ".join(one.name.replace("~", "").split())[:NAME_CHARACTERS] or "_"
        qualname = free_name(f"{around[-1][1]}.{name}" if around else name, taken)
        start, above = _with_comments(one.entry, document, source, lines, passed)
        end = start + len(source[start : one.entry.end].rstrip())
        said = [text for _, text in sorted(one.docs.items()) if text]
        signature = f"{one.kind} {name}: {said[0]}" if said else f"{one.kind} {name}"
        doc = "\n".join([*said, *above])[:DOC_CHARACTERS].strip()
        symbols.append(Symbol(qualname, one.kind, " ".join(signature.split())[:TITLE], doc, lines.span(start, max(start + 1, end))))
        names[one.entry.start] = qualname
        around.append((one.entry.end, qualname))
        passed = lines.line_of(one.entry.start)
    return symbols, names


def _with_comments(entry: Entry, document: Document, source: bytes, lines: Lines, passed: int) -> tuple[int, list[str]]:
    """Return where an entry begins with the comments right above its key, and these; `passed` is the line of the definition before."""
    first = lines.line_of(entry.start)
    if source[lines.start_of(first) : entry.start].strip():
        return entry.start, []
    line = first
    while line - 1 > passed and line - 1 in document.comments:
        line -= 1
    start = lines.start_of(line)
    lead = len(source[start : entry.start]) - len(source[start : entry.start].lstrip())
    return start + lead, [document.comments[above] for above in range(line, first)]


def _opening(document: Document, lines: Lines) -> str:
    """Return the comment that a file opens with, if it says more than whose it is."""
    until = lines.line_of(document.entries[0].start) if document.entries else len(lines.starts)
    said = "\n".join(text for line, text in document.comments.items() if line < until).strip()[:DOC_CHARACTERS]
    return "" if NOTICE.search(said) else said


def _references(found: list[_Found], names: dict[int, str], lines: Lines) -> tuple[Reference, ...]:
    """Return the references, equal ones in one definition as one with all its lines."""
    places: dict[Reference, list[int]] = {}
    for one in found:
        scope = names[one.around.entry.start] if one.around else ""
        line = lines.line_of(one.start)
        known = places.setdefault(Reference(one.name, one.kind, scope, 0, one.qualifier, one.alias), [])
        if line not in known[-1:]:
            known.append(line)
    return tuple(key._replace(line=rows[0], more=",".join(map(str, rows[1:]))) for key, rows in places.items())
