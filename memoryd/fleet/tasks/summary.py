"""Summarises a repository in the short text that is embedded for it: its name, what its README says first, its folders and languages."""

import re
from collections import Counter
from itertools import islice

from memoryd.filekinds import PROSE_LANGUAGES, is_test, is_vendored
from memoryd.versions import View

README = re.compile(r"readme(?:\.[a-z]{1,8})?", re.IGNORECASE)
NOT_PROSE = re.compile(r"^\s*(?:[<|!\[=\-*#`.:{]|https?:)")
"""How lines of a README begin that are badges, images, tables, markup or code."""
README_LINES, README_CHARACTERS = 400, 700
FOLDERS, LANGUAGES = 12, 3


def summary_of(name: str, view: View) -> str:
    """Return the summary of a repository from a view of it."""
    own = [path for path in view.catalog.files if not (is_test(path) or is_vendored(path))]
    folders = Counter(path.partition("/")[0] for path in own if "/" in path and not path.startswith("."))
    languages = Counter(view.records[path].language for path in own if view.records[path].language not in PROSE_LANGUAGES)
    parts = [
        name.replace("/", " "), _readme(view), " ".join(folder for folder, _ in folders.most_common(FOLDERS)),
        " ".join(language for language, _ in languages.most_common(LANGUAGES) if language),
    ]  # fmt: skip
    return "\n".join(filter(None, parts))


def _readme(view: View) -> str:
    """Return the first prose of the README at the top."""
    path = min((path for path in view.catalog.files if README.fullmatch(path)), default="")
    source = view.source(path) if path else None
    if source is None:
        return ""
    lines = source.decode("utf-8", "replace").splitlines()
    prose = (line.strip() for line in islice(lines, README_LINES) if line.strip() and not NOT_PROSE.match(line))
    return " ".join(prose)[:README_CHARACTERS]
