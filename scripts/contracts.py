"""A contract for import-linter: every folder has a door, and nobody reaches past it."""

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, output
from importlinter.domain import fields


class DoorsContract(Contract):
    """A module imports its neighbours, and of other folders their doors (`__init__`); never what lies behind one, nor its own door.

    So a module may be imported by what lies in the folder that it lies in, at any depth, and by nothing else.
    """

    type_name = "doors"

    ignore_imports = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Find every import that goes past a door."""
        allowed: Any = self.ignore_imports or set()
        ours = {name for name in graph.modules if not graph.is_module_squashed(name)}
        past = sorted(
            (importer, imported)
            for importer in ours
            for imported in graph.find_modules_directly_imported_by(importer) & ours
            if not _is_neighbour(importer, imported) and f"{importer} -> {imported}" not in allowed
        )
        return ContractCheck(kept=not past, metadata={"past": past})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import and the line it is in."""
        for importer, imported in check.metadata["past"]:
            output.print_error(f"{importer} reaches past a door to {imported}")


def _is_neighbour(importer: str, imported: str) -> bool:
    """Tell whether a module may be imported: it lies in its importer's folder or one around that, or is in the importer's own."""
    folder = imported.rpartition(".")[0]
    is_around = f"{importer}.".startswith(f"{folder}.") if folder else True
    is_own_door = f"{importer}.".startswith(f"{imported}.") and "." in imported
    return is_around and not is_own_door
