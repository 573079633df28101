"""Reads what an index holds, to be compared with another."""

from pathlib import Path

from memoryd.config import INDEX_FOLDER, Settings, project_folder
from memoryd.store import COLUMNS, Store


def stored_rows(root: Path, settings: Settings) -> list[tuple[object, ...]]:
    """Return every column of every row, vectors included, in the order of ids."""
    folder = project_folder(settings, root.resolve()) / INDEX_FOLDER
    store = Store.newest(folder)
    columns = store.columns([name for name, _ in COLUMNS] + ["vector"])
    return sorted((tuple(map(_plain, values)) for values in zip(*columns.values(), strict=True)), key=lambda row: str(row[0]))


def _plain(value: object) -> object:
    return tuple(map(str, value)) if isinstance(value, list) else value
