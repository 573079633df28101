"""Mutates bytes by chance: what a careless or hostile hand, a damaged disk or a cut line does to a text."""

import random

NOISE = (
    b"\0", b"\r", b"\r\n", b"\n", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x0c", b"\x1a", b"~", b".",
    b"#", b":", b'"', b"'", b"`", b'"""', b"/*", b"*/", b"//", b"--", b"---\n", b"{-", b"<!--", b"```", b"\\", b"(" * 40, b"{" * 40,
    b"[" * 40, b")" * 40, b"}" * 40, b"end " * 20, b"<" * 40, b" " * 300, b"\t", b"a" * 500, b"a." * 100, b"\xf0\x9f\x9a\x80", b"\x1b[2J",
    b"%00", b"-1", b"9" * 30,
)  # fmt: skip
MOST = 4
"""The most mutations of one text."""


def mutated(chance: random.Random, source: bytes) -> bytes:
    """Return a text with a few mutations."""
    for _ in range(chance.randint(1, MOST)):
        place, kind, size = chance.randint(0, len(source)), chance.randrange(7), chance.randint(1, 200)
        if kind == 0:
            source = source[:place] + chance.choice(NOISE) + source[place:]
        elif kind == 1:
            source = source[:place] + bytes([chance.randrange(256)]) + source[place + 1 :]
        elif kind == 2:
            source = source[:place] if chance.random() < 0.5 else source[place:]
        elif kind == 3:
            source = source[:place] + source[place + size :]
        elif kind == 4:
            source = source[: place + size] + source[place:]
        elif kind == 5 and place < len(source):
            source = source[:place] + bytes([source[place] ^ 1 << chance.randrange(8)]) + source[place + 1 :]
        else:
            source = source.replace(*chance.choice(((b"\n", b"\r"), (b"\n", b"\r\n"), (b" ", b""), (b"\n", b""))))
    return source
