"""Masks secret values in a text: each byte of a value becomes `*`; line ends stay, so lines and columns are those of the original."""

from memoryd.secrets.files import why_secret
from memoryd.secrets.finding import find

STARS = bytes(one if one in b"\r\n" else ord("*") for one in range(256))


def masked(source: bytes, path: str = "") -> bytes:
    """Return a UTF-8 text with its secret values masked; `path` is that of its file, "" if it is none."""
    found = find(source, path)
    if not found:
        return source
    pieces, done = [], 0
    for one in found:
        start = max(one.start, done)
        if start < one.end:
            pieces += [source[done:start], source[start : one.end].translate(STARS)]
            done = one.end
    return b"".join((*pieces, source[done:]))


def without_secrets(path: str, source: bytes) -> bytes:
    """Return a text with its secret values masked, nothing if it is that of a file that is secret as a whole."""
    return b"" if why_secret(path, source) else masked(source, path)


def masked_text(text: str) -> str:
    """Return a text that is no file with its secret values masked."""
    return masked(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
