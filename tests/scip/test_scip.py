"""Reading SCIP indexes: what a sound one holds, and that damage is an error and never anything else."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memoryd.errors import ScipRefused
from memoryd.scip import Encoding, Occurrence, Source, join, read_index
from tests.lengths import tries


def varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def packed(*values: int) -> bytes:
    return b"".join(map(varint, values))


SOUND = (
    field(1, field(2, field(1, "ty-scip") + field(2, "0.1")) + field(3, "file:///srv/my%20shop") + field(4, 1))
    + field(2, b"".join((
        field(1, "shop/cart.py"), field(4, "python"), field(6, 2),
        field(2, field(1, packed(4, 6, 10)) + field(2, "a Cart#") + field(3, 1)),
        field(2, field(1, 7) + field(1, 8) + field(1, 300) + field(2, "a total()") + field(9, 3)),
        field(2, field(1, packed(1, 0, 2, 4)) + field(2, "a Cart#") + field(3, 2)),
        field(2, field(1, packed(0, 0, 0, 0)) + field(2, "the file")), field(2, field(1, packed(1, 2, 3))),
        field(3, field(1, "a Cart#") + field(4, field(1, "a Base#") + field(3, 1)) + field(4, field(1, "a Other#") + field(2, 1))),
    )))
    + field(3, "what is external")
)  # fmt: skip


def test_a_sound_index_tells_what_stands_where() -> None:
    index = read_index(SOUND)
    assert (index.root, index.tool) == ("/srv/my shop", "ty-scip 0.1")
    (document,) = index.documents()
    assert (document.path, document.language, document.encoding) == ("shop/cart.py", "python", Encoding.UTF16)
    # What stands nowhere, or names nothing, is left out.
    assert document.occurrences == (
        Occurrence(4, 6, 4, 10, "a Cart#", 1), Occurrence(7, 8, 7, 300, "a total()", 0), Occurrence(1, 0, 2, 4, "a Cart#", 2),
    )  # fmt: skip
    assert [(use.is_definition, use.is_import) for use in document.occurrences] == [(True, False), (False, False), (False, True)]
    assert document.implements == (("a Cart#", "a Base#"),)


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", SOUND[:-1], field(1, 5), b"\xff" * 20, field(2, field(1, "a.py"))])
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(ScipRefused):
        list(read_index(data).documents())


@settings(max_examples=tries(300, 20_000), deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=0, max_size=3))
@example(SOUND.index(b"/srv"), b"[")
def test_any_damage_is_refused_or_read(place: int, inserted: bytes) -> None:
    try:
        for document in read_index(SOUND[:place] + inserted + SOUND[place + 1 :]).documents():
            assert all(use.symbol for use in document.occurrences)
    except ScipRefused:
        pass


def test_a_document_that_says_more_than_its_file_has_room_for_is_of_another_file() -> None:
    head = field(1, field(2, field(1, "ty-scip")) + field(3, "file:///srv/shop"))
    for size, changed in ((1, ()), (2, ("a.py",))):
        said = b"".join(field(2, field(1, packed(0, 0, 1)) + field(2, f"a {number}")) for number in range(size * len(b"x = y\n")))
        index = read_index(head + field(2, field(1, "a.py") + said))
        assert join(index, lambda path: (path, Source(b"x = y\n", "python"))).changed == changed
