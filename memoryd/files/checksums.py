"""Checksums of the files that memoryd keeps for itself, so that bytes that changed on the disk are noticed before they are believed.

CRC-32 finds every change of a few neighbouring bits, at several gigabytes a second. It is no protection against a person.
"""

import os
import zlib
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from memoryd.files.names import opened_file

BLOCK = 1 << 20
Text = TypeVar("Text", bytes, memoryview)


class Checksum(NamedTuple):
    """The size of a file in bytes, and the CRC-32 of its bytes."""

    size: int
    crc: int


def checksum_of(file: Path) -> Checksum:
    """Read a file, and return its checksum. Raises `OSError`."""
    size = crc = 0
    block = memoryview(bytearray(BLOCK))
    with opened_file(file) as found:
        while length := found.readinto(block):
            size += length
            crc = zlib.crc32(block[:length], crc)
    return Checksum(size, crc)


def sealed(text: bytes) -> bytes:
    """Return a text with its checksum in a line of its own at the end."""
    return text + trailer(zlib.crc32(text))


def seal(opened: IO[bytes]) -> None:
    """Add the checksum of all that was written to a file at its end. Raises `OSError`."""
    opened.seek(0)
    crc = 0
    while block := opened.read(BLOCK):
        crc = zlib.crc32(block, crc)
    opened.write(trailer(crc))


def trailer(crc: int) -> bytes:
    """Return what ends a sealed text."""
    return b"\n%08x\n" % crc


def unsealed(data: Text) -> Text:
    """Return the text that was sealed, without a copy of a `memoryview`. Raises `ValueError` if the data are not what was written."""
    text = without_trailer(data)
    if bytes(data[len(text) :]) != trailer(zlib.crc32(text)):
        raise ValueError("the checksum is wrong")
    return text


def is_sound(file: Path) -> bool:
    """Tell whether a sealed file holds what was written. Raises `OSError`."""
    with opened_file(file) as found:
        left = max(found.seek(0, os.SEEK_END) - len(trailer(0)), 0)
        found.seek(0)
        crc = 0
        while block := found.read(min(left, BLOCK)):
            crc = zlib.crc32(block, crc)
            left -= len(block)
        return found.read() == trailer(crc)


def text_of(data: bytes) -> bytes:
    """Return the text of sealed JSON, or of JSON from before it was sealed; with a wrong checksum it is no JSON."""
    try:
        return unsealed(data)
    except ValueError:
        return data


def without_trailer(data: Text) -> Text:
    """Return a sealed text without a look at its checksum."""
    return data[: -len(trailer(0))]
