"""Reads around what a grammar cannot: parses a file again with a few bytes replaced where the language says that its grammar fails.

One such place costs the facts of everything around it: a list of overloads the whole file of types, a macro the class that it marks.
Only what has errors is parsed again, and only a tree with less of them is taken. No byte is added or removed, and no line end is
added, so every node stands where it stands in the source.
"""

import re
from collections.abc import Sequence

import tree_sitter


def parsed(parser: tree_sitter.Parser, source: bytes, mends: Sequence[tuple[re.Pattern[bytes], bytes]]) -> tuple[tree_sitter.Tree, bytes]:
    """Return the tree of a source and what was parsed: if the source has errors, with the groups of `mends` replaced, if that is better."""
    tree = parser.parse(source)
    if not mends or not tree.root_node.has_error:
        return tree, source
    readable = mended(source, mends)
    if readable == source:
        return tree, source
    other = parser.parse(readable)
    return (other, readable) if _damage(other) < _damage(tree) else (tree, source)


def mended(source: bytes, mends: Sequence[tuple[re.Pattern[bytes], bytes]]) -> bytes:
    """Return a source with each byte of the groups of `mends` replaced."""
    readable = bytearray(source)
    for pattern, byte in mends:
        for found in pattern.finditer(source):
            start, end = found.span(found.lastindex or 0)  # of the alternative that matched
            readable[start:end] = byte * (end - start)
    return bytes(readable)


def _damage(tree: tree_sitter.Tree) -> int:
    """Return the bytes of a tree that are in error, and the nodes that are missing."""
    damage = 0
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            damage += max(1, node.end_byte - node.start_byte)
        elif node.has_error:
            waiting.extend(node.children)
    return damage
