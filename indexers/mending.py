"""Reads around what a grammar cannot: parses a file again with a few bytes replaced where the language says that its grammar fails.

One such place costs the facts of everything around it: a list of overloads the whole file of types, a macro the class that it marks.
Only what has errors is parsed again, and only a tree with less of them is taken. No byte is added or removed, and no line end is
added, so every node stands where it stands in the source.
"""

import re
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

import tree_sitter

from indexers.branches import blanked, unread
from indexers.text import BLANKED

MOST_LAYERS = 4
"""The most texts that a source is parsed as; types that are nested deeper are read with those around them."""
PUNCTUATION = (
    r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
    r'|"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?"
    r"""|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|[{}]|"""
)
"""Comments and strings, which may hold braces, and braces."""


class Parsed(NamedTuple):
    """A tree, the bytes that it was made of, and `shown`, the source without the branches of `#if` that were not read."""

    tree: tree_sitter.Tree
    read: bytes
    shown: bytes


def parsed(parser: tree_sitter.Parser, source: bytes, mends: Sequence[tuple[re.Pattern[bytes], bytes]], has_branches: bool) -> Parsed:
    """Return the tree of a source; if that has errors, what is better of it.

    That is with the groups of `mends` replaced, then, if `has_branches`, with one branch of each `#if` that breaks a declaration.
    """
    best = Parsed(parser.parse(source), source, source)
    readable = source
    if mends and best.tree.root_node.has_error:
        readable = mended(source, mends)
        best = _better(parser, best, readable, source)
    if has_branches and best.tree.root_node.has_error:
        for text in dict.fromkeys((readable, best.read)):  # what is mended may gain only where a branch is chosen, too
            if ranges := unread(text):
                best = _better(parser, best, blanked(text, ranges), blanked(source, ranges))
    return best


def _better(parser: tree_sitter.Parser, best: Parsed, readable: bytes, shown: bytes) -> Parsed:
    if readable == best.read:
        return best
    tree = parser.parse(readable)
    return Parsed(tree, readable, shown) if _damage(tree) < _damage(best.tree) else best


def mended(source: bytes, mends: Sequence[tuple[re.Pattern[bytes], bytes]]) -> bytes:
    """Return a source with each byte of the groups of `mends` replaced, or the group by a word and blanks."""
    readable = bytearray(source)
    for pattern, byte in mends:
        for found in pattern.finditer(source):
            start, end = found.span(found.lastindex or 0)  # of the alternative that matched
            readable[start:end] = byte * (end - start) if len(byte) == 1 else byte.ljust(end - start)
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


def layers(source: bytes, types: str) -> list[bytes]:
    """Return the texts to parse for a source whose grammar knows no types in types: each holds those of one depth, blank elsewhere.

    `types` finds what stands before the brace of a type, in its group. Where braces do not fit together, the source is one text.
    """
    nested = sorted(_nested(source, _finding(types)), key=itemgetter(1))
    texts = []
    for level in range(min(MOST_LAYERS, 1 + max((depth for depth, _, _ in nested), default=0))):
        text = bytearray(source.translate(BLANKED) if level else source)
        for depth, start, end in nested:
            if depth == level:
                text[start:end] = source[start:end]
            elif depth == level + 1:
                text[start:end] = source[start:end].translate(BLANKED)
        texts.append(bytes(text))
    return texts


@cache
def _finding(types: str) -> re.Pattern[bytes]:
    return re.compile((PUNCTUATION + types).encode(), re.MULTILINE | re.DOTALL)


def _nested(source: bytes, types: re.Pattern[bytes]) -> list[tuple[int, int, int]]:
    """Return the types in types: how many are around, where each begins and ends."""
    found: list[tuple[int, int, int]] = []
    around: list[int] = []  # where the type of each open brace begins, or -1
    depth, coming = 0, -1
    for token in types.finditer(source):
        if token[1] is not None:
            coming = token.start(1)
        elif token[0] == b"{":
            around.append(coming)
            depth += coming >= 0
            coming = -1
        elif token[0] == b"}":
            if not around:
                return []
            start = around.pop()
            depth -= start >= 0
            if start >= 0 and depth:
                found.append((depth, start, token.end()))
    return [] if around else found
