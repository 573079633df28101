"""What depends on a repository in others: by the packages that manifests name, and by the imports and names in their files.

A use counts where a file imports the package and names the definition. Nothing is guessed by a name alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indexers import base_name
from memoryd.fleet.tables import UNITS
from memoryd.parsing import FILE
from memoryd.store import Tables, one_of

COLUMNS = ("part", "id", "path", "kind", "qualname", "references")
SEPARATORS = ".:/"
"""What follows the name of a package where something in it is imported."""
MOST_USES = 1_000


class Tier(StrEnum):
    """How a use is known: its file imports the package, and names a definition that is imported as such, or a member of one."""

    IMPORT = "IMPORT"
    MEMBER = "MEMBER"


@dataclass(frozen=True, slots=True)
class Use:
    """A place in another repository, at a commit, that names a definition of a package which its file imports."""

    repository: str
    commit: str
    id: str
    path: str
    line: int
    tier: Tier


@dataclass(frozen=True, slots=True)
class Dependent:
    """A repository that requires a package of another one, by its manifests."""

    repository: str
    commit: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FleetImpact:
    """What may break in other repositories when one changes: those that require its packages, and the uses of a definition in them.

    `more` is how many uses there are beside those that are named.
    """

    repository: str
    commit: str
    target: str
    dependents: tuple[Dependent, ...]
    uses: tuple[Use, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Package:
    """What a part of the fleet provides or requires, by manifests."""

    part: str
    repository: str
    commit: str
    provides: frozenset[str]
    requires: frozenset[str]


def dependents_of(one: Package, others: Iterable[Package]) -> dict[str, Dependent]:
    """Return by part the repositories that require a package which another provides."""
    found = {other.part: (other, sorted(other.requires & one.provides)) for other in others if other.part != one.part}
    return {part: Dependent(other.repository, other.commit, tuple(names)) for part, (other, names) in found.items() if names}


def uses_of(tables: Tables, qualname: str, dependents: Mapping[str, Dependent]) -> list[Use]:
    """Return the uses of a definition in repositories that require its package, by repository, path and line."""
    name, tier = base_name(qualname), Tier.MEMBER if "." in qualname else Tier.IMPORT
    found = []
    for part, dependent in dependents.items():
        imports = tuple(imported_as(package) for package in dependent.packages)
        rows = tables.rows(UNITS, COLUMNS, one_of("part", [part]))
        units = rows.to_pylist() if rows is not None else []
        importing = {unit["path"] for unit in units if unit["kind"] == FILE and _imports(unit["references"], imports)}
        for unit in units:
            if unit["path"] in importing:
                lines = {one["line"] for one in unit["references"] if base_name(one["name"]) == name}
                found += [Use(dependent.repository, dependent.commit, unit["id"], unit["path"], line, tier) for line in lines]
    return sorted(set(found), key=lambda use: (use.repository, use.path, use.line, use.id))


def imported_as(package: str) -> str:
    """Return how a package is named where it is imported, as far as its name tells: pypi:a-b → a_b, maven:org.acme:shop → org.acme."""
    registry, _, name = package.partition(":")
    if registry in ("pypi", "cargo"):
        return name.replace("-", "_").lower()
    return name.partition(":")[0] if registry == "maven" else name


def _imports(references: Sequence[Mapping[str, Any]], names: Collection[str]) -> bool:
    return any(reference["kind"] == "import" and _begins(reference, names) for reference in references)


def _begins(reference: Mapping[str, Any], names: Collection[str]) -> bool:
    return any(
        text == name or (text.startswith(name) and text[len(name)] in SEPARATORS)
        for text in _texts(reference) for name in names
    )  # fmt: skip


def _texts(reference: Mapping[str, Any]) -> Iterator[str]:
    for text in (reference["qualifier"], reference["name"]):
        yield text
        yield text.lower()
