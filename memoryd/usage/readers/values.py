"""Takes values out of foreign JSON: what is not of the expected type is as if it were not there. Pure."""

import hashlib
from datetime import datetime
from typing import Any

MOST = 10**10
"""The largest count that is believed: a request of more tokens does not exist."""
LONGEST_NAME = 300
FIRST_SECOND, LAST_SECOND = 1_500_000_000, 4_100_000_000
"""Times between 2017 and 2099 are believed."""
_NOTHING: dict[str, Any] = {}


def mapping(value: Any) -> dict[str, Any]:
    """Return a value that is an object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def items(value: Any) -> list[Any]:
    """Return a value that is a list, else an empty one."""
    return value if isinstance(value, list) else []


def name(value: Any) -> str:
    """Return a value that is a text, as far as a name may go."""
    return value[:LONGEST_NAME] if isinstance(value, str) else ""


def count(value: Any) -> int:
    """Return a value that is a believable count, else 0."""
    if type(value) is float and value == value and abs(value) < MOST:
        value = int(value)
    return value if type(value) is int and 0 <= value <= MOST else 0


def digest(*parts: Any) -> int:
    """Return a number that stands for some values; 63 bits, so that SQLite and JSON hold it."""
    data = "\0".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest()) >> 1


def milliseconds(value: Any) -> int:
    """Return a time, as ISO text or a number of seconds or milliseconds, in milliseconds; 0 if it is none."""
    try:
        if isinstance(value, str):
            seconds = datetime.fromisoformat(value).timestamp()
        elif type(value) in (int, float):
            seconds = value / 1000 if value > LAST_SECOND else value
        else:
            return 0
        return int(seconds * 1000) if FIRST_SECOND <= seconds <= LAST_SECOND else 0
    except (ValueError, OverflowError, OSError):
        return 0


def characters(content: Any) -> int:
    """Return how many characters of text a message's content has: a text, or blocks of it."""
    if isinstance(content, str):
        return len(content)
    return sum(len(text) for block in items(content) if isinstance(text := mapping(block).get("text"), str))


def text_of(content: Any) -> str:
    """Return the text of a message's content: a text, or blocks of it."""
    if isinstance(content, str):
        return content
    return "\n".join(text for block in items(content) if isinstance(text := mapping(block).get("text"), str))
