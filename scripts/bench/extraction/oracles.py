"""The oracles: what a tool that is not ours tells of the files of a language."""

import re
from collections.abc import Mapping

from scripts.bench.extraction import ctags, standard
from scripts.bench.extraction.definitions import Definition, Told
from scripts.bench.extraction.subjects import COMPILER, CTAGS, PYTHON, Subject

COMMENTS = re.compile(r"/\*[\s\S]*?\*/|(?m:^[ \t]*(?://|#(?!define)).*$)")
COMMENTS_OF_SCALA = re.compile(r"/\*[\s\S]*?\*/|//.*|(?s:\"\"\".*?\"\"\")|(\"(?:[^\"\\\n]|\\.)*\")")
COMMENTS_OF_ML = re.compile(r"\(\*[\s\S]*?\*\)")
LOCAL = {"scala": re.compile(r"[ \t]{3,}"), "ocaml": re.compile(r"[ \t]")}
"""The indentation of what may stand in a function, in languages whose functions hold others that nobody looks for."""


def told(subject: Subject, sources: Mapping[str, bytes]) -> dict[str, Told]:
    """Return what the oracle of a language tells of each file; of one that it cannot read, nothing."""
    if subject.oracle == CTAGS:
        return ctags.told(subject, sources)
    if subject.oracle == COMPILER:
        return standard.of_typescript(subject, sources)
    return {path: _of(subject, source) for path, source in sources.items()}


def _of(subject: Subject, source: bytes) -> Told:
    if subject.oracle == PYTHON:
        return standard.of_python(source) if subject.language == "python" else standard.of_starlark(source)
    return standard.of_html(source) if subject.language == "html" else _of_lines(subject, source.decode("utf-8", "replace"))


def _of_lines(subject: Subject, text: str) -> Told:
    comments = {"ocaml": COMMENTS_OF_ML, "scala": COMMENTS_OF_SCALA}.get(subject.language, COMMENTS)
    text = comments.sub(lambda found: "\n" * found[0].count("\n"), text)
    local = LOCAL.get(subject.language)
    found = [one for pattern in subject.patterns for one in re.finditer(pattern, text, re.MULTILINE)]
    named = [(Definition(one[1], text.count("\n", 0, one.start(1)) + 1), local is not None and local.match(one[0])) for one in found]
    return Told(tuple(one for one, is_local in named if not is_local), also=tuple(one for one, is_local in named if is_local))
