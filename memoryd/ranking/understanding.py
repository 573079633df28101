"""Tells whether anything in a version speaks of a query: what it names, words that the project knows, or a unit near in meaning.

Some unit is always nearest, and one of many words is known to any project, so without this every query would be answered.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from indexers import identifier_parts, query_words
from memoryd.ranking.query import Query, telling
from memoryd.ranking.signals import headline_vector, names_anything
from memoryd.searchindex import Matcher
from memoryd.versions import View

UNKNOWN = 1 / 3
"""A query of whose words a project knows no more than this share may be about something else: three quarters of the questions about a
project use none that it does not know, and one in a hundred uses more of those than of others."""
LEAST_SPELLED, LONGEST_SPELLED = 5, 24
"""The letters of an unknown word that may be a misspelling: a shorter one is near to some other by chance."""
MOST_SPELLED = 12
"""The most unknown words of a query for which other spellings are tried."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
RUN = re.compile(r"[^\W\d]\w*")


def understood(view: View, query: Query) -> Query | None:
    """Return a query as it can be answered: as it is, or with misspelled words corrected; `None` if nothing speaks of it.

    Of an empty index nobody expects an answer: what to do then is another thing to say.
    """
    if not view.matcher.rows or names_anything(view, query):
        return query
    stems = _stems(query)
    unknown = {stem: part for stem, part in stems.items() if not view.matcher.holding(stem)}
    if len(stems) - len(unknown) > UNKNOWN * len(stems):
        return query
    spelled = _spellings(view.matcher, unknown)
    if len(stems) - len(unknown) + len(spelled) > UNKNOWN * len(stems):
        return _corrected(query, spelled)
    return query if view.nearness(headline_vector(view, query)) > view.chance else None


def _stems(query: Query) -> Mapping[str, str]:
    """Return the stems of the words of a query's headline, and of those of its identifiers, each with a word that it comes from."""
    parts = (part for run in RUN.findall(telling(query.headline)) for part in identifier_parts(run))
    return {stem: part for part in parts if len(part) > 1 for stem in query_words(part)}


def _spellings(matcher: Matcher, unknown: Mapping[str, str]) -> dict[str, str]:
    """Return for unknown words, by stem, the stem that most rows hold of those of words one edit away, where any row holds one."""
    found = {}
    for stem, word in list(unknown.items())[:MOST_SPELLED]:
        if word.isalpha() and LEAST_SPELLED <= len(word) <= LONGEST_SPELLED:
            near = {other for edited in _edits(word) for other in query_words(edited)}
            number, best = max((matcher.holding(other), other) for other in near)
            if number:
                found[stem] = best
    return found


def _edits(word: str) -> Iterator[str]:
    """Yield the words with one letter less, more, changed, or two exchanged; the first letter stays, which is hardly ever mistyped."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]
        for letter in LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]


def _corrected(query: Query, spelled: Mapping[str, str]) -> Query:
    words, headline_words = (tuple(spelled.get(word, word) for word in given) for given in (query.words, query.headline_words))
    return replace(query, words=words, headline_words=headline_words)
