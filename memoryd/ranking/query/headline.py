"""What a text says first: its title, its first line or sentence.

People write a title on a line of its own; agents write one paragraph, and paste a report into it. Where a title ends is then told by
what comes after it: a heading, a list, code, a sentence.
"""

import re
from collections.abc import Sequence, Set
from itertools import islice, pairwise
from typing import NamedTuple

from memoryd.ranking.query.words import STOP_WORDS

HEADLINE_WORDS = 25
"""The most words of a headline. Titles of bug reports are hardly ever longer."""
LONG, UNENDED_WORDS = 50, 15
"""The words of a line that is more than a question, and the words of its headline where nothing tells the end of a title."""
LEAST_WORDS = 3
"""The fewest words of a title after which a sentence may begin; a mark may stand after two."""
NARROW, WRAPPED_LINES = 50, 4
"""The characters of the widest line of a text that may be wrapped, and the lines by which that is told."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s")
WORD = re.compile(r"\S+")
HEADING = re.compile(r"#{2,6}\s|#\s[A-Z]|[*#]{2,6}\S|>>>|```|-{3,40}(?!\S)|<details>|Traceback \(most")
"""Where a heading, code or a trace begins."""
MARK = re.compile(rf"{HEADING.pattern}|[*•$]\s|(?:[->|]|\d[.)])\s[A-Z`\[]")
"""Where one of these begins, or an item of a list, or a command. In a question that may be an operator."""
OPENERS = frozenset(
    "a according actual actually after all also although an and any anyone as assume assuming at background basically because before "
    "being both bug but by can consider context currently dear description do does due during each environment even every everything "
    "example expected feature first following for from given good had has have having hello here hey hi how however if imagine in "
    "instead is issue it it's its just last let let's like looking make maybe minimal most motivation my no not note now observed "
    "often on once one only or other otherwise our output overview per please possible previously prior problem proposed recently "
    "reproduction right same see seems several similar simple since so some someone something sometimes sorry stacktrace step steps "
    "summary suppose symptoms tested thank thanks that that's the their then there there's therefore these they this those though "
    "thus to today trying two under unfortunately until upon use used using usually version versions we we're we've what what's when "
    "whenever where whereas whether which while why with within without would yes you your".split()
)
"""The words, in lower case, with which the text below a title begins."""
SPEAKER = frozenset(("i", "i'd", "i'm", "i've"))
"""The same, in a long text: a question has clauses that begin with them."""
LABEL_OR_TURN = re.compile(r"[A-Z][a-z]+:|[A-Z][a-z]{3,}(?:ing|ly),?")
"""A label of a paragraph, or a word that begins a sentence and names hardly anything: "Motivation:", "Calling", "Technically,"."""
CAPITALISED = re.compile(r"[A-Z][a-z]+")


class Turns(NamedTuple):
    """What ends a title: marks, words with which a sentence begins, and any capitalised word between small ones after `clause` words."""

    marks: re.Pattern[str]
    openers: Set[str]
    clause: int


OF_QUESTIONS = Turns(HEADING, OPENERS, HEADLINE_WORDS)
OF_FEW_WORDS = Turns(MARK, OPENERS, HEADLINE_WORDS)
OF_MANY_WORDS = Turns(MARK, OPENERS | SPEAKER, 5)


def first_line(text: str) -> str:
    """Return the first line of a text; of one that is too long for a title, or wrapped, what it says first."""
    line, _, below = text.partition("\n")
    if below and _is_wrapped(text):
        paragraph, _, rest = text.partition("\n\n")
        line = paragraph.replace("\n", " ")
        return _title(line) if rest else opening(line)
    return line if _has_at_most(HEADLINE_WORDS, line) else _title(line)


def opening(text: str) -> str:
    """Return what a text without lines says first; all of it, if it is as short as a title. A line end in it is where a form goes on."""
    line = text.partition("\n")[0]
    is_question = line == text and _has_at_most(HEADLINE_WORDS, line) and not _before_turn(line, OF_QUESTIONS)
    return line if is_question else _title(line)


def _is_wrapped(text: str) -> bool:
    """Tell whether a text begins with a paragraph of several lines, each as long as the next word leaves it."""
    lines = text.partition("\n\n")[0].split("\n", WRAPPED_LINES)[:WRAPPED_LINES]
    width = max(map(len, lines))
    longer = (len(line) + 1 + len(below.partition(" ")[0]) for line, below in pairwise(lines))
    is_paragraph = len(lines) > 2 or (len(lines) == 2 and lines[1][:1].islower())
    return is_paragraph and width >= NARROW and all(length > width for length in longer)


def _has_at_most(most: int, line: str) -> bool:
    return len(line.split(maxsplit=most)) <= most


def _title(line: str) -> str:
    """Return what a line says before it turns to something else, else its first sentence, else as much as a title says."""
    is_long = not _has_at_most(LONG, line)
    title = _before_turn(line, OF_MANY_WORDS if is_long else OF_FEW_WORDS) or line
    ends = (end.start() for end in SENTENCE_END.finditer(title))
    sentence = next((title[:end] for end in ends if not _has_at_most(LEAST_WORDS - 1, title[:end])), title)
    if _has_at_most(HEADLINE_WORDS, sentence):
        return sentence
    return line[: [word.end() for word in islice(WORD.finditer(line), UNENDED_WORDS if is_long else HEADLINE_WORDS)][-1]]


def _before_turn(line: str, turns: Turns) -> str:
    """Return a line up to where it turns from a title to something else without a full stop; "" if it does not."""
    words = list(islice(WORD.finditer(line), HEADLINE_WORDS + 3))
    said = [word[0] for word in words]
    small = capitalised = 0
    for place, word in enumerate(words[1 : HEADLINE_WORDS + 1], 1):
        if place >= LEAST_WORDS - 1 and (turns.marks.match(line, word.start()) or _begins(said, place, small >= capitalised, turns)):
            return line[: words[place - 1].end()]
        small += word[0][0].islower()
        capitalised += bool(CAPITALISED.fullmatch(word[0]))
    return ""


def _begins(said: Sequence[str], place: int, is_small: bool, turns: Turns) -> bool:
    """Tell whether a sentence begins at a word; `is_small` says whether most words before it are written small, as in a sentence."""
    word, before, after = said[place], said[place - 1], said[place + 1 : place + 3]
    if word[0].isupper() and place > LEAST_WORDS and said[place : place + 2] == said[:2]:
        return True  # the text repeats the title
    if place < LEAST_WORDS or not word[0].isupper() or before.lower() in STOP_WORDS or not (before[-1].isalnum() or before[-1] in "`)]'\""):
        return False
    goes_on = bool(after) and not any(one[0].isupper() and one[:2] not in ("I", "I'") for one in after)
    if (word.rstrip(",:").lower() in turns.openers and not word[1:].isupper()) or LABEL_OR_TURN.fullmatch(word):
        return (is_small or goes_on) and not (word == "A" and after and not after[0][0].islower())
    return place >= turns.clause and is_small and goes_on and before[0].islower() and bool(CAPITALISED.fullmatch(word))
