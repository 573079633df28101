r"""The ids of files and units: `PATH`, `PATH#QUALNAME`, `PATH:FIRST-LAST`. Two of them never read alike, whatever a file is called.

A `#` or `:` of a path is written `\#` or `\:` in an id. The text of a path holds neither pair, since `path_text` doubles each
backslash. So the first `#` or `:` without a backslash of its own ends the path, and an ordinary path reads as it is.
"""

import re

OBSERVATION_DIGITS = 10
"""The digits of an observation's id: one more than a line number has, so that `obs:10` stays a line of a file of that name."""
_OBSERVATION = re.compile(r"obs:[0-9a-f]{10}(?::|\Z)")
_PATH = re.compile(r"(?:\\.|[^\\#:])*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def file_id(path: str) -> str:
    """Return the id of a file."""
    return path.replace("#", r"\#").replace(":", r"\:")


def symbol_id(path: str, qualname: str) -> str:
    """Return the id of a symbol."""
    return f"{file_id(path)}#{qualname}"


def block_id(path: str, first_line: int, last_line: int) -> str:
    """Return the id of a block, which is also how `show` writes a range of lines."""
    return f"{file_id(path)}:{first_line}-{last_line}"


def names_observation(handle: str) -> bool:
    """Tell whether a handle names an observation or lines of one: `obs:4f2a90c1d7`, `obs:4f2a90c1d7:10-40`."""
    return _OBSERVATION.match(handle) is not None


def split_id(id_: str) -> tuple[str, str]:
    """Return the path that an id names, and the rest of the id with its separator: `#QUALNAME`, `:FIRST-LAST`, or ""."""
    if "\\" not in id_ and ":" not in id_:  # as nearly every id of a file or symbol
        path, mark, name = id_.partition("#")
        return path, mark + name
    match = _PATH.match(id_)
    end = match.end() if match else 0
    return plain_path(id_[:end]), id_[end:]


def qualname_in(id_: str) -> str:
    """Return the qualified name in the id of a symbol, "" for a file's."""
    return split_id(id_)[1][1:]


def plain_path(path: str) -> str:
    """Return a path as files have it, from its spelling in an id; a path in its own spelling stays as it is."""
    return _ESCAPE.sub(lambda pair: pair[1] if pair[1] in "#:" else pair[0], path)
