"""The oracles: what a tool that is not ours tells of the files of a language."""

import re
from collections.abc import Iterator, Mapping

from scripts.bench.extraction import ctags, standard
from scripts.bench.extraction.definitions import Definition, Told
from scripts.bench.extraction.subjects import COMPILER, CTAGS, PYTHON, Subject

COMMENTS = re.compile(r"/\*[\s\S]*?\*/|(?m:^[ \t]*(?://|#(?!define)).*$)")


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
    return standard.of_html(source) if subject.language == "html" else Told(tuple(_of_lines(subject, source.decode("utf-8", "replace"))))


def _of_lines(subject: Subject, text: str) -> Iterator[Definition]:
    text = COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), text)
    for pattern in subject.patterns:
        for found in re.finditer(pattern, text, re.MULTILINE):
            yield Definition(found[1], text.count("\n", 0, found.start(1)) + 1)
