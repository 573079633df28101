"""Reads a task: what its text says first, what it names, and its words. Pure.

reading   the text as a query
headline  what a text says first, with lines or without
forms     what the forms of reports ask, which is no part of a task
words     the words that tell nothing
"""

from memoryd.ranking.query.reading import Query, name_parts, read_query
from memoryd.ranking.query.words import telling

__all__ = ["Query", "name_parts", "read_query", "telling"]
