"""Reads the data in manifests of packages, which are somebody's files: what is not as expected in them counts as nothing. Pure."""

import tomllib
from collections.abc import Mapping
from typing import Any

MOST_DOTS = 100
"""The most dots in a line of TOML that is read: Python's parser takes the square of the parts of a dotted key."""


def read_toml(text: str) -> Mapping[str, Any]:
    """Return the data of a TOML text in linear time. Raises `ValueError`."""
    if any(line.count(".") > MOST_DOTS for line in text.split("\n")):
        raise ValueError("a key may have very many parts")
    return tomllib.loads(text)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def table_in(found: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return the table at the end of some keys; an empty one where there is none."""
    for key in keys:
        found = mapping(found.get(key))
    return found
