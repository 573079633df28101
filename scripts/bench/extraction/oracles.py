"""The oracles: each yields the definitions of one file as a tool that is not ours names them."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scripts.bench.extraction.subjects import Subject

COMMENTS = re.compile(r"/\*[\s\S]*?\*/|(?m:^[ \t]*(?://|#(?!define)).*$)")


MISREAD = frozenset({"MAYBEWRAP", "readonly", "readwrite"})
"""What Universal Ctags takes for names: a macro around names in json-fortran, attributes of properties of Objective-C."""


class Definition(NamedTuple):
    """A definition: its name, its line, and its last line, 0 where the oracle does not tell it."""

    name: str
    line: int
    last_line: int = 0


def named(subject: Subject, path: str, source: bytes) -> Iterator[Definition]:
    """Yield the definitions of a file; of one that the oracle cannot read, none."""
    text = source.decode("utf-8", "replace")
    if subject.oracle == "Universal Ctags":
        return _of_ctags(subject, path, source)
    if subject.oracle == "Python's ast":
        return _of_ast(text)
    return _of_html(text) if subject.language == "html" else _of_lines(subject, text)


def _of_ctags(subject: Subject, path: str, source: bytes) -> Iterator[Definition]:
    with TemporaryDirectory() as folder:
        file = f"{folder}/{PurePosixPath(path).name}"
        with open(file, "wb") as opened:
            opened.write(source)
        command = [
            "ctags", "--options=NONE", "--output-format=json", "--fields=+neK", "-o", "-", f"--language-force={subject.parser}",
            f"--kinds-{subject.parser}={subject.letters}", file,
        ]  # fmt: skip
        printed = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    for line in printed.splitlines():
        tag = json.loads(line)
        if tag.get("_type") == "tag" and (name := _as_written(subject.language, tag["name"])):
            yield Definition(name, tag["line"], tag.get("end", 0))


def _as_written(language: str, name: str) -> str:
    """Return the name in a tag as its source has it; an empty text for one that Universal Ctags made up, and for an expression."""
    if name.startswith(("__anon", "$(", ".in.")) or name in MISREAD:
        return ""
    if language == "css":
        found = re.search(r"[.#]([\w-]+)$", name)
        return found[1] if found else ""
    return name.partition(":")[0] if language == "objc" else name


def _of_ast(text: str) -> Iterator[Definition]:
    """Starlark is written as Python is; what Python cannot read is left out."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield Definition(node.name, node.lineno, node.end_lineno or 0)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield Definition(target.id, node.lineno, node.end_lineno or 0)


def _of_html(text: str) -> Iterator[Definition]:
    found: list[Definition] = []

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(Definition(value, self.getpos()[0]) for key, value in attrs if key == "id" and value)

    Ids().feed(text)
    yield from found


def _of_lines(subject: Subject, text: str) -> Iterator[Definition]:
    text = COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), text)
    for pattern in subject.patterns:
        for found in re.finditer(pattern, text, re.MULTILINE):
            yield Definition(found[1], text.count("\n", 0, found.start(1)) + 1)
