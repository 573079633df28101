"""The verdict on a claim: whether it holds. A claim that cannot be decided is neither true nor false, and the reason is given.

A claim about a file or symbol that moved is checked at the new place if that is certain, otherwise at the old one. A negated claim
is checked as its opposite; that a path or symbol does not exist is checked at the place itself, wherever the thing moved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from indexers import languages
from memoryd.notes.checks import constants, uses
from memoryd.notes.checks.definitions import CheckResult, decoded, defined, language_of, member_lines, short
from memoryd.notes.checks.evidence import one_blank
from memoryd.notes.checks.ground import Ground
from memoryd.notes.checks.spelling import plain, plain_code
from memoryd.notes.claim import LINKS, OF_SYMBOLS, Claim, ClaimKind, is_path, split_name
from memoryd.notes.note import Verified
from memoryd.text import symbol_id
from memoryd.versions import Unit

ENDS = ("", ":", "{", "=", ";")
"""Characters that may follow a signature in the source; "" is the end of the definition."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking a claim; `holds` is None if it cannot be decided.

    `because` says what is so instead, or why it cannot be decided. `now` is the claim with present places, equal to `claim` if
    nothing moved.
    """

    claim: Claim
    holds: bool | None
    because: str
    now: Claim

    @property
    def moved_to(self) -> str:
        """The new place of what the claim names, "" if nothing moved."""
        if self.now.subject != self.claim.subject:
            return self.now.subject
        return self.now.target if self.now.target != self.claim.target else ""


def check(claim: Claim, ground: Ground, verified: Verified | None = None) -> Verdict:
    """Tell whether a claim holds; `verified` is the state in which its note was verified, by which moved things are found."""
    now = _followed(claim, ground, verified) if verified is not None and not _is_absence(claim) else claim
    answer = _CHECKS[now.kind](now, ground)
    if answer.is_guess and claim.negated:
        # What may be is no reason to call a note false.
        return Verdict(claim, None, f"it may be that {now.denied()}: {answer.because}", now)
    if answer.holds is None or not claim.negated:
        return Verdict(claim, answer.holds, answer.because, now)
    return Verdict(claim, not answer.holds, f"it holds that {now.denied()}" if answer.holds else "", now)


def _is_absence(claim: Claim) -> bool:
    return claim.negated and claim.kind in (ClaimKind.PATH, ClaimKind.SYMBOL)


def _followed(claim: Claim, ground: Ground, verified: Verified) -> Claim:
    """Return the claim with the present places of what it names."""
    if claim.kind == ClaimKind.COMMAND:
        return claim
    subject = _place(claim.subject, claim.kind in OF_SYMBOLS, ground, verified)
    has_place = claim.kind in LINKS and is_path(split_name(claim.target)[0])
    target = _place(claim.target, bool(split_name(claim.target)[1]), ground, verified) if has_place else claim.target
    return claim if (subject, target) == (claim.subject, claim.target) else replace(claim, subject=subject, target=target)


def _place(name: str, is_symbol: bool, ground: Ground, verified: Verified) -> str:
    path, qualname = split_name(name) if is_symbol else (name, "")
    if ground.exists(path):
        gone = is_symbol and not ground.why_unread(path) and not ground.units(name)
        return (ground.symbol_of(name, verified) if gone else "") or name
    place = ground.place_of(path, verified)
    if is_symbol:
        moved = symbol_id(place, qualname) if place else ""
        return moved if moved and ground.units(moved) else ground.symbol_of(name, verified) or moved or name
    return place or name


def _path(claim: Claim, ground: Ground) -> CheckResult:
    if ground.exists(claim.subject):
        return CheckResult(True, "")
    same = [path for path in ground.view.catalog.matching_paths(claim.subject.rpartition("/")[2]) if path != claim.subject]
    return CheckResult(False, f"{claim.subject} is gone" + (f"; {same[0]} has its name" if len(same) == 1 else ""))


def _symbol(claim: Claim, ground: Ground) -> CheckResult:
    return defined(claim.subject, ground)


def _signature(claim: Claim, ground: Ground) -> CheckResult:
    units = ground.units(claim.subject)
    if not units:
        found = defined(claim.subject, ground)
        return CheckResult(False, f"{claim.subject} has no signature") if found.holds else found
    if any(_has_signature(unit, claim.value, ground) for unit in units):
        return CheckResult(True, "")
    return CheckResult(False, f"its signature is {' and '.join(short(unit.signature) for unit in units[:3])}")


def _has_signature(unit: Unit, told: str, ground: Ground) -> bool:
    """Compare a signature with the one in the index, and if that is cut, with the bytes on disk."""
    language = language_of(unit.path, ground)
    wanted, held = _plain_signature(told, language), _plain_signature(unit.signature, language)
    if wanted == held or not held or not wanted.startswith(held):
        return wanted == held
    text = plain_code((ground.text(unit) or b"").decode("utf-8", "replace"), language)
    _, found, rest = text.partition(wanted)
    is_whole = all(wanted.count(opening) == wanted.count(closing) for opening, closing in ("()", "[]", "{}"))
    return bool(found) and is_whole and rest.lstrip()[:1] in ENDS


def _plain_signature(text: str, language: str) -> str:
    return plain_code(text, language).rstrip(":{; ")


def _constant(claim: Claim, ground: Ground) -> CheckResult:
    path, qualname = split_name(claim.subject)
    found = defined(claim.subject, ground)
    language = language_of(path, ground)
    if found.holds is False and ground.exists(path) and language not in languages():
        return _compare(claim, constants.file_values(decoded(ground, path), qualname.rpartition(".")[2], language), language)
    return _compare(claim, _values(claim.subject, language, ground), language) if found.holds else found


def _values(id_: str, language: str, ground: Ground) -> list[str]:
    path, qualname = split_name(id_)
    units = ground.units(id_)
    texts = [(ground.text(unit) or b"").decode("utf-8", "replace") for unit in units]
    name = qualname.rpartition(".")[2]
    if language == "python":
        found = [value for text in texts for value in constants.python_values(text)]
        if not found or constants.is_assigned_twice(decoded(ground, path), name):
            # The index leaves out what is assigned below an `if`, or changed.
            found = [value for value in constants.python_names(decoded(ground, path), qualname) or () if value] or found
        return found
    read = [constants.text_value(text, unit.name, language) for unit, text in zip(units, texts, strict=True)]
    read += [constants.member_value(text, name, language) for text in member_lines(id_, ground)]
    return [value for value in read if value is not None]


def _compare(claim: Claim, values: Sequence[str], language: str) -> CheckResult:
    name = split_name(claim.subject)[1]
    matching = [value for value in values if _same(claim.value, value, language)]
    if not values:
        return CheckResult(None, f"{name} is given no value that can be read")
    if len(matching) == len(values):
        return CheckResult(True, "")
    distinct = list(dict.fromkeys(short(value) for value in values))
    if matching or constants.UNTOLD in values:
        return CheckResult(None, f"{name} is given several values: {', '.join(distinct[:4])}")
    return CheckResult(False, f"{name} is {' or '.join(distinct[:4])}")


def _same(one: str, other: str, language: str) -> bool:
    return constants.same_python(one, other) if language == "python" else plain(one, language) == other


def _text(claim: Claim, ground: Ground) -> CheckResult:
    if not ground.exists(claim.subject):
        return CheckResult(False, f"{claim.subject} is gone")
    source = ground.source(claim.subject)
    if source is None:
        return CheckResult(None, f"{claim.subject} is no text that can be read")
    words = one_blank(claim.value)
    if claim.value.encode() in source or (words and words in one_blank(source.decode("utf-8", "replace"))):
        return CheckResult(True, "")
    return CheckResult(False, f"{claim.subject} does not hold {short(claim.value)!r}")


def _command(claim: Claim, ground: Ground) -> CheckResult:
    code = ground.exits.get(claim.subject)
    if code is None:
        return CheckResult(None, f"no run of {short(claim.subject)!r} was recorded; memoryd runs nothing itself")
    return CheckResult(code == int(claim.value), f"it last exited {code}")


_CHECKS: dict[ClaimKind, Callable[[Claim, Ground], CheckResult]] = {
    ClaimKind.PATH: _path, ClaimKind.SYMBOL: _symbol, ClaimKind.SIGNATURE: _signature, ClaimKind.CONSTANT: _constant,
    ClaimKind.CALLS: uses.calls, ClaimKind.INHERITS: uses.inherits, ClaimKind.IMPORTS: uses.imports, ClaimKind.TEXT: _text,
    ClaimKind.COMMAND: _command,
}  # fmt: skip
