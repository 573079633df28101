"""Reads the messages of protocol buffers: fields by number. Any damage raises `ScipRefused`."""

from collections.abc import Iterator

from memoryd.errors import ScipRefused

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MOST_BITS = 63
Field = tuple[int, int, int]
"""The number of a field, and the range of its bytes; of a number, the number itself and -1."""


def fields(data: bytes, start: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message in a range of bytes."""
    at = start
    while at < end:
        tag, at = _varint(data, at, end)
        number, kind = tag >> 3, tag & 7
        if not number:
            raise ScipRefused("it is damaged: a field has no number")
        if kind == BYTES:
            length, at = _varint(data, at, end)
            if length > end - at:
                raise ScipRefused("it is damaged: a field is longer than what holds it")
            yield number, at, at + length
            at += length
        elif kind == VARINT:
            value, at = _varint(data, at, end)
            yield number, value, -1
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
            if at > end:
                raise ScipRefused("it is damaged: a number is cut off")
        else:
            raise ScipRefused("it is damaged, or no file of protocol buffers")


def numbers(data: bytes, start: int, end: int) -> list[int]:
    """Return the numbers of a packed field."""
    found, at = [], start
    while at < end:
        value, at = _varint(data, at, end)
        found.append(value)
    return found


def text(data: bytes, start: int, end: int) -> str:
    """Return a field as text."""
    if end < 0:
        raise ScipRefused("it is damaged: a number stands where a text should")
    return data[start:end].decode("utf-8", "replace")


def _varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > MOST_BITS:
            break
    raise ScipRefused("it is damaged: a number is cut off or too long")
