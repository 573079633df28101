"""SCIP indexes: what is damaged is refused, and what is read means places and definitions that are there.

An index is of the files here. Columns count what its documents say, so one file has letters that are not of ASCII.
"""

from collections.abc import Iterator
from pathlib import Path

from indexers import index_source
from memoryd.compilers.importing import folders
from memoryd.errors import ScipRefused
from memoryd.scip import Source, join, read_index
from memoryd.text import symbol_id

FILES = {
    "a.py": Source(b"from b import Cart\n\n\ndef total(cart):\n    class Line(Cart):\n        pass\n    return cart.sum(Line)\n", "python"),
    "b.ts": Source("const größe = 1; class Cart {\n  sum() { return größe }\n}\nnew Cart().sum()\n".encode(), "typescript"),
}
NAMES = {"a.py": ("Cart", "total", "Line", "sum"), "b.ts": ("größe", "Cart", "sum")}
PROJECT = Path("/nowhere/shop")


def check(data: bytes) -> None:
    """Each use stands where its file has that name, and means a definition of ours or none."""
    try:
        index = read_index(data)
        inside, outside = folders(index.root, PROJECT)
        documents = list(index.documents())
        found = join(index, lambda path: (path, FILES[path]) if path in FILES else None)
    except ScipRefused:
        return
    assert all(not part or (part.endswith("/") and not part.startswith("/")) for part in (inside, outside))
    assert all(one.symbol for document in documents for one in document.occurrences)
    assert found.foreign == sum(document.path not in FILES for document in documents)
    assert {*found.uses, *found.changed} == {document.path for document in documents} & FILES.keys()
    for path, uses in found.uses.items():
        lines = FILES[path].text.decode().split("\n")
        scopes = {"", *_qualnames(path)}
        assert len(set(uses)) == len(uses) <= len(FILES[path].text)
        for use in uses:
            assert use.name in lines[use.line - 1]
            assert use.scope in scopes
            assert use.target in _ids()


def seeds() -> Iterator[bytes]:
    """Yield an index of the files for each way to count columns."""
    for encoding in (1, 2, 3):
        head = _field(1, _field(2, _field(1, b"tool") + _field(2, b"1")) + _field(3, b"file:///nowhere/shop"))
        yield head + b"".join(_field(2, _document(path, encoding)) for path in FILES)


def _document(path: str, encoding: int) -> bytes:
    count = {1: lambda text: len(text.encode()), 2: lambda text: len(text.encode("utf-16-le")) // 2, 3: len}[encoding]
    found, defined = b"", set[str]()
    for number, line in enumerate(FILES[path].text.decode().split("\n")):
        for name in NAMES[path]:
            if name in line:
                start = count(line[: line.index(name)])
                place = _field(1, b"".join(map(_varint, (number, start, start + count(name)))))
                symbol = _field(2, f"shop `{path}`/{name}#".encode())
                found += _field(2, place + symbol + (b"" if name in defined else _varint(3 << 3) + _varint(1)))
                defined.add(name)
    relation = _field(3, _field(1, b"shop Line#") + _field(4, _field(1, b"shop Cart#") + _varint(3 << 3) + _varint(1)))
    return _field(1, path.encode()) + _field(4, FILES[path].language.encode()) + _varint(6 << 3) + _varint(encoding) + found + relation


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def _qualnames(path: str) -> list[str]:
    return [symbol.qualname for symbol in index_source(FILES[path].language, FILES[path].text).symbols]


def _ids() -> set[str]:
    return {"", *(symbol_id(path, name) for path in FILES for name in _qualnames(path))}
