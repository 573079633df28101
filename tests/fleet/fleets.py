"""Fleets of small repositories, and what their tables hold."""

import os
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memoryd.config import Settings
from memoryd.errors import MemorydError
from memoryd.fleet import Fleet, FleetReport, Resources, index, read_list
from memoryd.fleet.engines import Ended, Engine, reason_of
from memoryd.fleet.tasks import Task, run
from memoryd.store import Tables
from tests.project import CART, CHECKOUT, MONEY, write

TABLES = ("repositories", "units", "files", "words")
SHOP = {"shop/cart.py": CART, "shop/money.py": MONEY, "shop/checkout.py": CHECKOUT, "README.md": "# Shop\n\nSells things for money.\n"}
SHOP["pyproject.toml"] = '[project]\nname = "Acme.Shop"\ndependencies = ["requests[socks]>=2"]\n'
MAIL = {
    "mail/send.go": "package mail\n\n// Send delivers a letter, again after a delay.\nfunc Send(letter string) error {\n\treturn nil\n}\n",
    "go.mod": "module example.com/mail\n\ngo 1.22\n",
    "README.md": "# Mail\n\nDelivers letters over SMTP.\n",
}
PAINT = {
    "src/brush.js": "// Draws a stroke on the canvas.\nexport function stroke(canvas, width) {\n  return canvas.line(width);\n}\n",
    "price.py": "from acme_shop.money import parse_money\n\n\ndef price(text):\n    return parse_money(text)\n",
    "other.py": "from elsewhere import parse_money\n\n\ndef other(text):\n    return parse_money(text)\n",
    "requirements.txt": "# ours\nacme-shop>=1 ; python_version > '3'\n-r other.txt\n",
}


def here(tasks: Sequence[Task], _resources: Resources) -> Iterator[Ended]:
    """Run tasks in this process: to start another takes longer than all else."""
    for task in tasks:
        try:
            yield Ended(task, run(task))
        except (MemorydError, OSError) as error:
            yield Ended(task, why=reason_of(error))


def git(folder: Path, *arguments: str) -> str:
    names = {f"GIT_{who}_{what}": "someone@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    done = subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, env={**os.environ, **names, **when})
    return done.stdout.decode().strip()


def commit(folder: Path, files: Mapping[str, str]) -> None:
    """Write files to a repository, which is made if there is none, and commit everything."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet")
    write(folder, files)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "change")


@dataclass(frozen=True)
class Small:
    """A fleet in a folder: its repositories under `sources`, its list, its tables under `tables`."""

    folder: Path

    def make(self) -> "Small":
        for name, files in (("acme/shop", SHOP), ("acme/mail", MAIL), ("other/paint", PAINT)):
            commit(self.folder / "sources" / name, files)
        return self

    def listed(self, *without: str) -> str:
        names = [name for name in ("acme/shop", "acme/mail", "other/paint") if name not in without]
        return "".join(f"sources/{name}\n" for name in names)

    def index(self, text: str = "", engine: Engine = here, at: str = "tables", only: Collection[str] = ()) -> FleetReport:
        settings = Settings(self.folder / "home", embedder="hash")
        fleet = Fleet(str(self.folder / at), settings, engine, Resources())
        return index(read_list(text or self.listed(), self.folder), fleet, lambda *_: None, only)

    def rows(self, at: str = "tables") -> dict[str, list[str]]:
        """Return everything that readers of the tables may see, sorted, but for images, which hold random names."""
        tables = Tables(str(self.folder / at))
        return {name: sorted(map(_said, self.read(name, next(iter(tables.batches(name))).schema.names, at))) for name in TABLES}

    def read(self, table: str, columns: Sequence[str], at: str = "tables") -> list[dict[str, Any]]:
        """Return columns of a table, row by row."""
        found = Tables(str(self.folder / at)).rows(table, columns)
        assert found is not None
        return list(found.to_pylist())


def _said(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))
