"""A contract for import-linter: every folder has a door, and nobody reaches past it."""

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

import grimp
from importlinter import Contract, ContractCheck, output
from importlinter.domain import fields


class DoorsContract(Contract):
    """A module imports its neighbours, and of other folders their doors (`__init__`); never what lies behind one, nor its own door.

    So a module may be imported by what lies in the folder that it lies in, at any depth, and by nothing else. Of the folders
    `shared`, other packages may import the modules and the doors, too.
    """

    type_name = "doors"

    shared = fields.SetField(subfield=fields.StringField(), required=False)
    ignore_imports = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import that goes past a door."""
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
        """Name each import and the line it is in."""
        for importer, imported in check.metadata["past"]:
            output.print_error(f"{importer} reaches past a door to {imported}")


def _is_open(importer: str, imported: str, shared: Collection[str]) -> bool:
    """Tell whether a module may be imported: it lies in a shared folder, in its importer's or one around that, and is no door of these."""
    folder = imported.rpartition(".")[0]
    is_around = not folder or f"{importer}.".startswith(f"{folder}.")
    is_own_door = f"{importer}.".startswith(f"{imported}.") and "." in imported
    return (is_around or folder in shared) and not is_own_door
