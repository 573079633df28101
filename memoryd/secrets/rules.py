"""The rules by which secret values are found: data, made by `scripts.train.secret_rules` from gitleaks' rules and our own.

Every expression is one of RE2, whose time is linear. They are compiled when first needed, all screens together as one automaton.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import orjson

from memoryd.model import Secrets

if TYPE_CHECKING:
    import re2

AUTOMATON_BYTES = 16 << 20
"""The most memory that the states of an automaton take. With half of it they are forgotten and made again, over and over."""
VERSION = 2
"""Raise it when the same rules find or mask something else than before: every file is then read again."""


class Allowed:
    """Values that are no secrets, by expressions, words in them, and paths."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self._target: str = found.get("target", "secret")

    def admits(self, path: bytes, secret: bytes, match: bytes, line: bytes) -> bool:
        """Tell whether a match is no secret."""
        target = {"secret": secret, "match": match, "line": line}[self._target]
        checks = [self._words, self._regexes] if self._words and self._regexes else [self._words or self._regexes]
        seen = [bool(one.search(secret if one is self._words else target)) for one in checks if one is not None]
        if self.needs_all:
            return all(seen) and self.admits_path(path)
        return any(seen)

    def admits_path(self, path: bytes) -> bool:
        """Tell whether nothing in a file is a secret."""
        return self._paths is not None and self._paths.search(path) is not None

    @property
    def needs_all(self) -> bool:
        """Whether each of its conditions must hold, a path among them; else one is enough."""
        return bool(self._found.get("all"))

    def expressions(self) -> dict[str, list[str]]:
        """Return its expressions by what they are looked for in; words are looked for in the secret."""
        found = {self._target: list(self._found.get("regexes", ()))}
        if words := self._found.get("stopwords"):
            found.setdefault("secret", []).append(_words_expression(words))
        return {target: regexes for target, regexes in found.items() if regexes}

    @cached_property
    def _regexes(self) -> "re2._Regexp | None":
        return _any(self._found.get("regexes", ()))

    @cached_property
    def _paths(self) -> "re2._Regexp | None":
        return _any(self._found.get("paths", ()))

    @cached_property
    def _words(self) -> "re2._Regexp | None":
        words = self._found.get("stopwords", ())
        return compiled(_words_expression(words)) if words else None


def together(allowed: Sequence[Allowed]) -> tuple[Allowed, ...]:
    """Return what admits the same matches by fewer expressions: each takes longer to be asked than to look."""
    alone = tuple(one for one in allowed if one.needs_all)
    of_each: dict[str, list[str]] = {}
    for one in allowed:
        if not one.needs_all:
            for target, regexes in one.expressions().items():
                of_each.setdefault(target, []).extend(regexes)
    return (*(Allowed({"target": target, "regexes": regexes}) for target, regexes in of_each.items()), *alone)


class Rule:
    """One rule: an expression, and what a match must be besides to be a secret; `common` is what all rules allow."""

    def __init__(self, found: Mapping[str, Any], common: Allowed) -> None:
        self._found = found
        self.id: str = found["id"]
        self.screen: str = found["screen"]
        self.entropy: float = found.get("entropy", 0.0)
        self.kinds: int = found.get("kinds", 0)
        self.group: int = found.get("secretGroup", 0)
        self.is_assigned: bool = found.get("assigned", False)
        self.keywords: tuple[bytes, ...] = tuple(word.encode() for word in found.get("keywords", ()))
        self.allowed = tuple(map(Allowed, found.get("allowed", ())))
        self._common = common

    @cached_property
    def regex(self) -> "re2._Regexp":
        """The expression."""
        return compiled(self._found["regex"])

    def is_for(self, path: bytes) -> bool:
        """Tell whether the rule looks into files of a path."""
        if self._path is not None and not self._path.search(path):
            return False
        return not any(not one.needs_all and one.admits_path(path) for one in self.allowed)

    def admits(self, path: bytes, secret: bytes, match: bytes, line: bytes) -> bool:
        """Tell whether a match is no secret."""
        return any(one.admits(path, secret, match, line) for one in self._together)

    @cached_property
    def _together(self) -> tuple[Allowed, ...]:
        return together((self._common, *self.allowed))

    @cached_property
    def _path(self) -> "re2._Regexp | None":
        return _any([self._found["path"]] if "path" in self._found else ())


class Rules:
    """All rules. `screen` says which of them may find something in a text."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.allowed = Allowed(found["allowed"])
        self.rules = tuple(Rule(one, self.allowed) for one in found["rules"])

    def screen(self, source: bytes) -> Sequence[Rule]:
        """Return the rules that may find something in a text."""
        rules, screens = self._screens
        return [rule for number in screens.Match(source) or () for rule in rules[number]]

    @cached_property
    def _screens(self) -> "tuple[Sequence[Sequence[Rule]], re2.Set]":
        """The rules of each screen, and one automaton for all screens."""
        of_each: dict[str, list[Rule]] = {}
        for rule in self.rules:
            of_each.setdefault(rule.screen, []).append(rule)
        return list(of_each.values()), _together(of_each)


@cache
def rules() -> Rules:
    """Return the rules; they are read once in a process."""
    return Rules(orjson.loads(_data()))


@cache
def revision(secrets: Secrets) -> str:
    """Return a digest of what the rows of a file depend on besides its bytes and its language: the rules, unless secrets are shown."""
    parts = (secrets.encode(), str(VERSION).encode(), _data()) if secrets == Secrets.MASK else (secrets.encode(),)
    return hashlib.blake2b(b"\0".join(parts), digest_size=4).hexdigest()


@cache
def _data() -> bytes:
    return files("memoryd").joinpath("data", "secrets", "rules.json").read_bytes()


def _together(expressions: Iterable[str]) -> "re2.Set":
    """Return one automaton for some expressions."""
    import re2

    # Byte for byte, which has fewer states than UTF-8.
    options = _options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = AUTOMATON_BYTES
    options.never_capture = True
    found = re2.Set.SearchSet(options)
    for expression in expressions:
        found.Add(expression.encode())
    found.Compile()
    return found


def compiled(regex: str) -> "re2._Regexp":
    """Compile an expression of RE2."""
    import re2

    return re2.compile(regex, _options())


def _words_expression(words: Iterable[str]) -> str:
    import re2

    return "(?i)" + "|".join(map(re2.escape, words))


def _any(regexes: Sequence[str]) -> "re2._Regexp | None":
    return compiled("|".join(f"(?:{one})" for one in regexes)) if regexes else None


def _options() -> "re2.Options":
    import re2

    options = re2.Options()
    options.log_errors = False
    return options
