"""Values deep inside of data, by the keys that lead to them. The data itself is never changed."""

from collections.abc import Mapping
from typing import Any

Keys = tuple[str, ...]


def put_into(data: Mapping[str, Any], keys: Keys, value: Any) -> dict[str, Any]:
    """Return the data with another value."""
    key, *rest = keys
    return {**data, key: put_into(data.get(key, {}), tuple(rest), value) if rest else value}


def taken_out(data: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return the data without a value."""
    key, *rest = keys
    if rest and isinstance(data.get(key), dict):
        return {**data, key: taken_out(data[key], tuple(rest))}
    return {name: value for name, value in data.items() if name != key}


def pruned(data: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """Return the data without a container that is empty, and those around it that are empty then."""
    key, *rest = keys
    inner = data.get(key)
    if isinstance(inner, dict) and rest:
        inner = pruned(inner, tuple(rest))
    return {**data, key: inner} if inner else {name: value for name, value in data.items() if name != key}
