"""Saves a segment as one file (`memoryd.arrays`), made for a table and an embedder, and maps it into memory."""

from collections.abc import Mapping
from pathlib import Path

from memoryd import arrays
from memoryd.arrays import Arrays, Order, Shared, Values
from memoryd.searchindex.postings import Postings
from memoryd.searchindex.segment import Segment
from memoryd.searchindex.vectors import Vectors

FORMAT = {"format": "memoryd matching 4"}
POSTINGS = ("starts", "rows", "counts", "lengths")
ROWS = ("row_file", "row_kind", "row_lines")
ORDERS = ("id", "path")
VECTORS = ("values", "bits", "norms")


def save(segment: Segment, file: Path, made_for: Mapping[str, str]) -> None:
    """Write a segment to a file, which is replaced as a whole. Raises `OSError` or `pyarrow.ArrowException`."""
    values: dict[str, Values] = {
        **{name: getattr(segment, name) for name in ("paths", "states", "kinds", "ids", *ROWS)},
        **{f"{name}_places": getattr(segment, f"{name}_order").places for name in ORDERS},
        **{name: getattr(segment.vectors, name).ravel() for name in VECTORS},
    }
    for text, postings in (("names", segment.names), ("words", segment.words)):
        values[f"{text}.vocabulary"] = postings.vocabulary
        values[f"{text}.places"] = postings.order.places
        values.update((f"{text}.{name}", getattr(postings, name)) for name in POSTINGS)
    arrays.save(file, values, {**FORMAT, **made_for})


def is_saved(file: Path, made_for: Mapping[str, str]) -> bool:
    """Tell whether the metadata of a file say that it holds a segment of this format, made for `made_for`."""
    return {**FORMAT, **made_for}.items() <= arrays.made_for(file).items()


def load(file: Path, made_for: Mapping[str, str]) -> Segment | None:
    """Map a saved segment; `None` if there is no file, or it has no rows or was made for something else. Raises `arrays.Damaged`."""
    found = arrays.load(file, {**FORMAT, **made_for})
    if found is None or not len(found.numbers(ROWS[0])):  # without rows the dimensions of vectors are unknown
        return None
    return _shared.of(found, _segment)


_shared = Shared[Segment]()


def _segment(found: Arrays) -> Segment:
    row_file, row_kind, row_lines = map(found.numbers, ROWS)
    rows = len(row_file)
    names, words = (_postings(found, text) for text in ("names", "words"))
    paths, states, kinds = (tuple(found.texts(name)) for name in ("paths", "states", "kinds"))
    values, bits, norms = map(found.numbers, VECTORS)
    segment = Segment(
        paths, states, kinds, found.array("ids"), row_file, row_kind, row_lines, names, words,
        Vectors(values.reshape(rows, -1), bits.reshape(-1, rows), norms),
    )  # fmt: skip
    for name in ORDERS:
        segment.__dict__[f"{name}_order"] = Order(found.array(f"{name}s"), found.numbers(f"{name}_places"))
    return segment


def _postings(found: Arrays, text: str) -> Postings:
    vocabulary = found.array(f"{text}.vocabulary")
    postings = Postings(vocabulary, *(found.numbers(f"{text}.{name}") for name in POSTINGS))
    postings.__dict__["order"] = Order(vocabulary, found.numbers(f"{text}.places"))
    return postings
