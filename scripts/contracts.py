"""A contract for import-linter: modules import other folders only through their doors (`__init__`)."""

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

import grimp
from importlinter import Contract, ContractCheck, output
from importlinter.domain import fields


class DoorsContract(Contract):
    """A module imports its neighbours and the doors of other folders; never a module behind another door, nor its own door.

    So a module may be imported from anywhere in its own folder, at any depth, and from nowhere else. The modules and doors in the
    folders `shared` may also be imported by other packages.
    """

    type_name = "doors"

    shared = fields.SetField(subfield=fields.StringField(), required=False)
    ignore_imports = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import that bypasses a door."""
        shared: Any = self.shared or set()
        allowed: Any = self.ignore_imports or set()
        ours = {name for name in graph.modules if not graph.is_module_squashed(name)}
        past = sorted(
            (importer, imported)
            for importer in ours
            for imported in graph.find_modules_directly_imported_by(importer) & ours
            if not _is_open(importer, imported, shared) and not any(fnmatchcase(f"{importer} -> {imported}", one) for one in allowed)
        )
        return ContractCheck(kept=not past, metadata={"past": past})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that bypasses a door."""
        for importer, imported in check.metadata["past"]:
            output.print_error(f"{importer} reaches past a door to {imported}")


def _is_open(importer: str, imported: str, shared: Collection[str]) -> bool:
    """Tell whether `imported` is in a shared folder, or in a folder around its importer without being the door of such a folder."""
    folder = imported.rpartition(".")[0]
    is_around = not folder or f"{importer}.".startswith(f"{folder}.")
    is_own_door = f"{importer}.".startswith(f"{imported}.") and "." in imported
    return (is_around or folder in shared) and not is_own_door
