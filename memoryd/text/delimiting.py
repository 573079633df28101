r"""Delimits foreign text in what memoryd writes, so that nothing in it ends its delimiter or reads as a line of memoryd.

`quotation` is for a text of many lines: every line stands behind `  > `. `literal` is for a part of a line: it stands in quotation
marks. `source_line` and `source_text` are for source, which stands in packs as it is: a line that reads as one of memoryd's gets a
backslash in front, and so does such a line that has backslashes in front already. All of them can be read back.
"""

import re
from collections.abc import Sequence

from memoryd.model import Shown
from memoryd.text.escaping import escaped, escaped_text

_STARTS = ("[", "## ", "… ", "  … ", "\\", "  call")
_MARKED = re.compile(r"\n(?:\[|## |(?:  )?… |\\|  call)")
"""A line in a text that begins with one of `_STARTS`."""
_OWN = re.compile(
    r"\\*+(?:\[\d+-\d+\]|\[memoryd: |## (?:notes:|left out \(|verdict: |repository: |not shown$|.*:\d+-\d+(?:$| is left out:))"
    r"|(?:  )?… (?:lines|show_code|cut here)\b"
    r"|  call(?:s|ed by): )"
)
"""The lines that only memoryd writes: the place of a unit, what it says of an output, the headings that are no file's, the marks of what is
left out, and what a function calls."""


def quotation(text: str) -> list[str]:
    """Return the lines of a text as a quotation, escaped."""
    return [f"  > {line}" if line else "  >" for line in escaped_text(text).replace("\r\n", "\n").split("\n")]


def literal(text: str) -> str:
    """Return a text in quotation marks on one line, escaped."""
    return '"' + escaped(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def excerpt_heading(path: str, first: int, last: int) -> str:
    """Return the line that opens an excerpt of a file where several follow each other."""
    return f"## {escaped(path)}:{first}-{last}"


def under_heading(shown: Shown) -> str:
    """Return an excerpt under its heading, in which no line reads as such a heading."""
    return f"{excerpt_heading(shown.path, shown.start_line, shown.end_line)}\n{source_text(shown.text)}"


def source_line(line: str) -> str:
    """Return a line of source, or a line that begins with a foreign name, marked if it reads as a line of memoryd."""
    return f"\\{line}" if line.startswith(_STARTS) and _OWN.match(line) else line


def source_lines(lines: Sequence[str]) -> str:
    """Return lines of source, each with a line end, and marked if it reads as a line of memoryd."""
    text = "\n".join(["", *lines])
    # Hardly any text has such a line, and a pack is chosen from thousands of lines.
    if _MARKED.search(text) is None:
        return f"{text[1:]}\n" if lines else ""
    return "".join([f"{source_line(line)}\n" for line in lines])


def source_text(text: str) -> str:
    """Return lines of source, each marked if it reads as a line of memoryd."""
    return source_lines(text.split("\n"))[:-1]
