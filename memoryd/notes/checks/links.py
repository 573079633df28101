"""Claims about uses: who calls, inherits, imports whom. The graph decides where it is sure, names where it is not."""

from collections.abc import Sequence

from indexers import languages
from memoryd.notes.checks import uses
from memoryd.notes.checks.definitions import CheckResult, defined, language_of
from memoryd.notes.checks.ground import Ground
from memoryd.notes.claim import Claim, is_path, split_id


def calls(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a definition, or what is nested in it, calls another."""
    return _linked(claim, ground, "call")


def inherits(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a definition itself inherits from another, directly."""
    return _linked(claim, ground, "inherit")


def _linked(claim: Claim, ground: Ground, kind: str) -> CheckResult:
    user = defined(claim.subject, ground)
    path, qualname = split_id(claim.subject)
    if not user.holds:
        return user
    if why := _without_references(path, ground):
        return CheckResult(None, why)
    graph = ground.view.graph
    if not split_id(claim.target)[1]:
        name = claim.target.rpartition(".")[2]
        found = uses.named(list(uses.uses_of(graph, kind, qualname, path, name, "")), claim.target)
        return found if found.holds else CheckResult(False, f"{qualname} {claim.kind} no {claim.target}")
    target = defined(claim.target, ground)
    if target.holds is False:
        return target
    name = uses.called_name(split_id(claim.target)[1])
    targets = _meant(claim.target, ground)
    found = uses.decide(list(uses.uses_of(graph, kind, qualname, path, name, claim.target)), targets, claim.kind)
    return found if found.because else CheckResult(False, f"{qualname} {claim.kind} no {name}")


def _meant(id_: str, ground: Ground) -> frozenset[str]:
    """Return the definitions that a call of an id may be linked to: all of its name, and for a constructor its type."""
    path, qualname = split_id(id_)
    holder, _, name = qualname.rpartition(".")
    ids = {id_, *(unit.id for unit in ground.units(id_))}
    return frozenset(ids | ({f"{path}#{holder}"} if name in uses.CONSTRUCTORS else set()))


def imports(claim: Claim, ground: Ground) -> CheckResult:
    """Tell whether a file imports a file, a definition, or a module from outside."""
    path = claim.subject
    if not ground.exists(path):
        return CheckResult(False, f"{path} is gone")
    if why := _without_references(path, ground):
        return CheckResult(None, why)
    graph = ground.view.graph
    target, name = split_id(claim.target)
    written = uses.import_texts(graph, path)
    if not name and not (is_path(target) or target in ground.view.records):
        escaped = [line for module, one, line, _ in written if _spells(module, one, target)]
        return CheckResult(True, f"line {escaped[0]}") if escaped else CheckResult(False, f"{path} imports no {target}")
    if not ground.exists(target):
        return CheckResult(False, f"{target} is gone")
    found = uses.imported(graph, path, claim.target)
    if found.holds or not name:
        return found if found.holds else _perhaps(claim, target, written)
    whole = uses.imported(graph, path, target)
    if whole.holds and any(one == name for _, one, _, _ in written):
        return whole
    return _perhaps(claim, target, [entry for entry in written if entry[1] == name])


def _perhaps(claim: Claim, target: str, written: Sequence[tuple[str, str, int, bool]]) -> CheckResult:
    """Tell what imports say that the graph could not link: one that spells the file's name leaves it open."""
    stem = target.rpartition("/")[2].partition(".")[0]
    for module, name, line, outside in written:
        if not outside and stem and stem in f"{module}.{name}".replace("/", ".").replace("::", ".").split("."):
            return CheckResult(None, f"line {line} may import it")
    return CheckResult(False, f"{claim.subject} does not import {claim.target}")


def _spells(module: str, name: str, wanted: str) -> bool:
    whole = f"{module}.{name}" if module and name else module or name
    return (
        wanted in (module, name, whole) or whole.startswith((f"{wanted}.", f"{wanted}/", f"{wanted}::")) or module.startswith(f"{wanted}.")
    )


def _without_references(path: str, ground: Ground) -> str:
    if why := ground.why_unread(path):
        return why
    language = language_of(path, ground)
    return "" if language in languages() else f"uses are not read from {language or 'such'} files"
