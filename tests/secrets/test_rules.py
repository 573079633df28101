"""The screens of the rules: what tells quickly which rules are worth a look never hides what a rule would find."""

import re
from collections.abc import Iterator
from functools import cache
from random import Random
from re import _parser
from typing import Any

import pytest

from memoryd.secrets.finding import _found
from memoryd.secrets.rules import Rule, compiled, rules, together
from scripts.train.secret_rules import _begun
from tests.lengths import tries


@pytest.mark.parametrize(
    ("whole", "begun"),
    [
        (r"\bghp_[0-9a-z]{36,255}\b", r"\bghp_[0-9a-z]{4}"),
        (r"(?i)\b(x\.[\w-]{138})(?:[;]|$)", r"(?i)\b(x\.[\w-]{4})"),
        (r"a{0,100}KEY([])({]){64,}?-b", r"a{0,100}KEY([])({]){4}"),
        (r"a{20}", "a{4}"),
        (r"a{15}b{2,90}", r"a{15}b{2,90}"),
        *((one, one) for one in (r"a{40}|b", r"(?:a{40}|b)c", r"(?:xa{40})?b", r"(a{40}){0,2}b", r"\{40}", "[{40}]")),
    ],
)
def test_a_screen_ends_with_its_first_long_repetition_unless_there_is_a_choice(whole: str, begun: str) -> None:
    assert _begun(whole) == begun


@pytest.mark.parametrize("seed", range(tries(1, 10)))
def test_no_screen_hides_what_its_rule_matches(seed: int) -> None:
    texts = {rule.id: (rule, list(_texts(rule, Random(f"{seed} {rule.id}")))) for rule in rules().rules}
    assert sum(any(_finds(rule, text) for text in found) for rule, found in texts.values()) > 0.9 * len(texts)
    hidden = [
        (name, text)
        for name, (rule, found) in texts.items()
        for text in found
        if _finds(rule, text) and not compiled(rule.screen).search(text)
    ]
    assert not hidden


def test_what_is_allowed_is_asked_by_one_expression_for_each_place_and_admits_the_same() -> None:
    (rule,) = [one for one in rules().rules if one.id == "generic-api-key"]
    apart = (rules().allowed, *rule.allowed)
    joined = together(apart)
    alone = sum(one.needs_all for one in apart)
    assert (len(apart), len(joined)) == (8, 3 + alone)
    words = [word for one in apart for word in one._found.get("stopwords", ())]
    chance = Random(1)
    values = [
        *words[::40],
        "${HOME}",
        "true",
        "a1b2",
        "0xA1B2c3d4E5f6",
        "Zq81xLr9Tn",
        "public_key",
        "api-docs",
        "node_modules/x.js",
        "--mount=type=secret,",
    ]
    for _ in range(2_000):
        asked = [chance.choice(values).encode() + chance.choice((b"", b"=Zq81xL")) for _ in range(3)]
        path = chance.choice((b"", b"a.py", b"a.xml", b"go.sum", b"x.bb"))
        assert any(one.admits(path, *asked) for one in joined) == any(one.admits(path, *asked) for one in apart)


def _finds(rule: Rule, text: bytes) -> bool:
    has_keyword = not rule.keywords or any(word in text.lower() for word in rule.keywords)
    return has_keyword and any(True for _ in _found(rule, text, "", b""))


def _texts(rule: Rule, chance: Random) -> Iterator[bytes]:
    """Yield texts that the expression of a rule matches, or nearly."""
    plain = re.sub(r"\(\?-?[ims]+\)", "", rule._found["regex"]).replace(r"\z", r"\Z").replace("[:alnum:]", "a-z0-9")
    parsed = _parser.parse(re.sub(r"\(\?-?[ims]+(?:-[ims]+)?:", "(?:", plain))
    for most in (0, 1, 3):
        yield f"\n{''.join(_made(parsed, most, chance))} ".encode()


def _made(parsed: Any, most: int, chance: Random) -> Iterator[str]:
    """Yield the parts of a text of a parsed expression, in which a repetition is at most so much longer than it must be."""
    for kind, value in parsed:
        match str(kind):
            case "LITERAL":
                yield chr(value)
            case "NOT_LITERAL" | "ANY":
                yield "~"
            case "IN":
                yield chance.choice(_held(tuple(value)))
            case "BRANCH":
                yield from _made(chance.choice(value[1]), most, chance)
            case "SUBPATTERN":
                yield from _made(value[-1], most, chance)
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, limit, inner = value
                for _ in range(min(int(limit), least + chance.randint(0, most))):
                    yield from _made(inner, most, chance)


@cache
def _held(members: tuple[Any, ...]) -> list[str]:
    return [one for one in map(chr, (9, 10, *range(32, 127))) if _holds(members, one)]


def _holds(members: Any, one: str) -> bool:
    shown = [f"{member[0]}" for member in members]
    wanted = shown[0] != "NEGATE"
    return wanted == any(_is(str(kind), value, one) for kind, value in members)


def _is(kind: str, value: Any, one: str) -> bool:
    match kind:
        case "LITERAL":
            return chr(int(value)) == one
        case "RANGE":
            return ord(one) in range(value[0], value[1] + 1)
        case "CATEGORY":
            named = {"DIGIT": one.isdigit(), "WORD": one.isalnum() or one == "_", "SPACE": one.isspace()}
            *_, negated, name = f"_{value}".split("_")
            return named[name] != (negated == "NOT")
    return False
