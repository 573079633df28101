"""Surveys a project for its maps: its folders, manifests and entry points, what it is for, and its most used definitions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from memoryd.filekinds import is_own
from memoryd.packing.maps.entry_points import Entry, entry_points, is_aside
from memoryd.packing.maps.interface import is_wholly_public
from memoryd.packing.maps.manifests import Manifest, is_manifest, read_manifest
from memoryd.packing.maps.purpose import purposes, sentence
from memoryd.parsing import OWN_FOLDER
from memoryd.versions import Sources, Unit, View

CENTRAL = 400
"""The definitions that are considered for the map, those first that most other files use."""
TYPE_KINDS = frozenset(("class", "struct", "interface", "trait", "protocol", "enum", "object", "union", "record"))
FUNCTION_KINDS = frozenset(("function", "prototype", "method", "macro"))


@dataclass(frozen=True, slots=True)
class Survey:
    """What the maps of a project are made from.

    `folders` has the paths in each folder, `users` the number of other files that use each definition, `said` what each folder is for;
    `central` are the definitions that most other files use, `types` and `functions` those among them.
    """

    folders: Mapping[str, Sequence[str]]
    users: Mapping[str, int]
    manifests: Sequence[Manifest]
    entries: Sequence[Entry]
    central: Sequence[Unit]
    types: Sequence[Unit]
    functions: Sequence[Unit]
    said: Mapping[str, str]
    purpose: str
    read: frozenset[str]
    """The files whose text on disk it was made from."""


def surveyed(view: View, changing: frozenset[str]) -> Survey:
    """Return the survey of a project; manifests among the files `changing` are not read."""
    folders, users = _folders(view), view.graph.users()
    paths = _manifest_paths(view, changing)
    manifests = _manifests(view, paths)
    central = _central(view, users)
    said = {**purposes(view, folders), **{one.folder: sentence(one.description) for one in manifests if sentence(one.description)}}
    return Survey(
        folders, users, manifests, entry_points(view, manifests), central,
        [unit for unit in central if _is_type(view, unit)], [unit for unit in central if unit.kind in FUNCTION_KINDS],
        said, said.get("") or next((one.description for one in manifests if one.name == view.root.name), ""), frozenset(paths),
    )  # fmt: skip


def _central(view: View, users: Mapping[str, int]) -> list[Unit]:
    """Return public definitions of the project's own code that other files use, those that most use first."""
    rank = {id_: place for place, id_ in enumerate(view.graph.central(CENTRAL))}
    # In this order few units are made before enough are found.
    ordered = sorted(users, key=lambda id_: (-users[id_], rank.get(id_, CENTRAL), id_))
    units = (unit for unit in map(view.catalog.by_id.get, ordered) if unit is not None and unit.is_symbol and unit.kind != "section")
    own = (unit for unit in units if is_own(unit.path))
    return list(islice((unit for unit in own if is_wholly_public(unit, view.records[unit.path].language)), CENTRAL))


def _is_type(view: View, unit: Unit) -> bool:
    """Tell whether a definition is a type: in Go also one that is declared by another, elsewhere that is but a name for one.

    Elixir has its types, and all else, in modules.
    """
    language = view.records[unit.path].language
    is_declared = unit.kind == "type" and language in ("go", "haskell") and "=" not in unit.signature
    return unit.kind in TYPE_KINDS or is_declared or (unit.kind == "module" and language == "elixir")


def _manifest_paths(view: View, changing: frozenset[str]) -> list[str]:
    known = set(filter(is_manifest, view.catalog.files)) - changing
    return sorted(filter(is_own, known), key=lambda path: (is_aside(path), path.count("/"), path))


def _manifests(view: View, paths: Sequence[str]) -> list[Manifest]:
    sources = Sources(view, paths)  # all of them, so that one repair is enough for those that changed
    found = (read_manifest(path, "\n".join(sources[path])) for path in paths)
    return [one for one in found if one is not None]


def _folders(view: View) -> dict[str, list[str]]:
    folders = defaultdict(list)
    for path in view.catalog.files:
        if not path.startswith(OWN_FOLDER):
            folders[path.rpartition("/")[0]].append(path)
    return dict(folders)
