"""Claims about uses: calls, inheritance and imports. Where the graph is not certain, the name decides."""

from collections.abc import Sequence

from indexers import base_name, languages, unnumbered
from indexers import language_of as language_of_path
from memoryd.graph import ImportStatement, Use
from memoryd.notes.checks import outside
from memoryd.notes.checks.definitions import CONSTRUCTORS, CheckResult, defined, language_of
from memoryd.notes.checks.ground import Ground
from memoryd.notes.claim import Claim, as_id, is_path, split_name
from memoryd.text import symbol_id


def calls(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a definition, or one nested in it, calls another."""
    return _linked(claim, ground, "call")


def inherits(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a definition inherits from another directly."""
    return _linked(claim, ground, "inherit")


def imports(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a file imports a file, a definition, or a module from outside."""
    path = claim.subject
    if not ground.exists(path):
        return CheckResult(False, f"{path} is gone")
    if why := _without_references(path, ground):
        return CheckResult(None, why)
    target, name = split_name(claim.target)
    written = ground.view.graph.import_statements(path)
    if not name and not (ground.exists(target) if is_path(target) else target in ground.view.records):
        return _imported_outside(path, target, written)
    if not ground.exists(target):
        return CheckResult(False, f"{target} is gone")
    found = _imported(path, claim.target, ground)
    if found.holds or not name:
        return found if found.holds else _perhaps(claim, target, written)
    whole = _imported(path, target, ground)
    if whole.holds and any(one.name == name for one in written):
        return whole
    return _perhaps(claim, target, [one for one in written if one.name == name])


def _linked(claim: Claim, ground: Ground, kind: str) -> CheckResult:
    user = defined(claim.subject, ground)
    path, qualname = split_name(claim.subject)
    if not user.holds:
        return user
    if why := _without_references(path, ground):
        return CheckResult(None, why)
    wanted = split_name(claim.target)[1]
    if not wanted:
        written = ground.view.graph.import_statements(path)
        uses = [use for name in outside.spellings(claim.target, written) for use in _uses_in(claim, ground, kind, name, "")]
        found = _named(uses, claim, written)
        return found if found.because else CheckResult(False, f"{qualname} {claim.kind} no {claim.target}")
    target = defined(claim.target, ground)
    if target.holds is False:
        return target
    name = _called_name(wanted)
    found = _decide(_uses_in(claim, ground, kind, name, claim.target), _ids_of(claim.target, ground), claim.kind)
    return found if found.because else CheckResult(False, f"{qualname} {claim.kind} no {name}")


def _uses_in(claim: Claim, ground: Ground, kind: str, name: str, target: str) -> list[Use]:
    """Return the uses inside the claim's subject that spell `name`, or that the graph links to `target`."""
    path, user = split_name(claim.subject)
    return [use for use in ground.view.graph.uses(path, kind, name, as_id(target)) if _is_within(use.scope, user, kind)]


def _is_within(scope: str, user: str, kind: str) -> bool:
    """Tell whether a reference belongs to a definition. One of a nested definition does, unless it is inheritance."""
    if not user:
        return True
    scope = scope if unnumbered(user) != user else unnumbered(scope)
    return scope == user or (kind != "inherit" and scope.startswith(user + "."))


def _called_name(qualname: str) -> str:
    """Return the name by which a definition is called."""
    holder, _, name = qualname.rpartition(".")
    return base_name(holder) if name in CONSTRUCTORS and holder else base_name(qualname)


def _ids_of(id_: str, ground: Ground) -> frozenset[str]:
    """Return the ids that a call of a definition may be linked to: all of its name, and for a constructor its type."""
    path, qualname = split_name(id_)
    holder, _, name = qualname.rpartition(".")
    ids = {as_id(id_), *(unit.id for unit in ground.units(id_))}
    return frozenset(ids | ({symbol_id(path, holder)} if name in CONSTRUCTORS else set()))


def _decide(uses: Sequence[Use], targets: frozenset[str], verb: str) -> CheckResult:
    """Tell whether one of the uses means one of the targets.

    The graph decides where it is certain. Where it has no target or several, the name decides, unless the use certainly means
    something else.
    """
    meant = [use for use in uses if targets.intersection(use.targets)]
    for use in meant:
        if use.is_certain or len(use.targets) == 1:
            return CheckResult(True, f"line {use.line}")
    for use in meant or uses:
        if not use.is_outside and not (use.is_certain and use.targets):
            return CheckResult(True, f"line {use.line}, by its name", is_guess=True)
    if uses:
        use = uses[0]
        other = use.targets[0] if use.targets else "something outside the project"
        return CheckResult(False, f"in line {use.line} it {verb} {other}")
    return CheckResult(False, "")


def _named(uses: Sequence[Use], claim: Claim, written: Sequence[ImportStatement]) -> CheckResult:
    """Tell whether one of the uses means a name from outside the project (`dumps`, `json.dumps`), or `Cart.total` of it."""
    for use in uses:
        if any(split_name(target)[1] == claim.target for target in use.targets):
            return CheckResult(True, f"line {use.line}", is_guess=not use.is_certain and len(use.targets) > 1)
    meant = [(outside.means(use, claim.target, written), use.line) for use in uses]
    if line := next((line for holds, line in meant if holds), 0):
        return CheckResult(True, f"line {line}")
    line = next((line for holds, line in meant if holds is None), 0)
    return CheckResult(None, f"no import tells whether line {line} {claim.kind} it") if line else CheckResult(False, "")


def _imported_outside(path: str, target: str, written: Sequence[ImportStatement]) -> CheckResult:
    """Tell whether a file imports a module from outside the project. What has the name of a source file may also be one that is gone."""
    is_source = language_of_path(target) in languages()
    spelling = next((one for one in written if outside.is_imported(one, target)), None)
    if spelling is None:
        return CheckResult(False, f"{target} is gone" if is_source else f"{path} imports no {target}")
    return (
        CheckResult(None, f"line {spelling.line} imports it, and the project has no such file")
        if is_source
        else CheckResult(True, f"line {spelling.line}")
    )


def _imported(path: str, target: str, ground: Ground) -> CheckResult:
    """Tell whether the graph links an import of a file to a target; a file's definitions count for the file."""
    wanted = as_id(target)
    is_file = not split_name(target)[1]
    for edge in ground.view.graph.imports(path):
        if edge.target == wanted or (is_file and edge.target.startswith(wanted + "#")):
            return CheckResult(True, f"line {edge.line}")
    return CheckResult(False, "")


def _perhaps(claim: Claim, target: str, written: Sequence[ImportStatement]) -> CheckResult:
    """Decide about an import that the graph has not linked: a statement that spells the file's name leaves it open."""
    stem = target.rpartition("/")[2].partition(".")[0]
    for one in written:
        if not one.is_outside and stem and stem in f"{one.module}.{one.name}".replace("/", ".").replace("::", ".").split("."):
            return CheckResult(None, f"line {one.line} may import it")
    return CheckResult(False, f"{claim.subject} does not import {claim.target}")


def _without_references(path: str, ground: Ground) -> str:
    if why := ground.why_unread(path):
        return why
    language = language_of(path, ground)
    return "" if language in languages() else f"uses are not read from {language or 'such'} files"
