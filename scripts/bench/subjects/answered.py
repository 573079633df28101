"""What the baselines answered, kept from run to run: it depends on the tree and the task, not on our ranking, and takes long to find."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.bench.results import Row
from scripts.bench.subjects.homes import MAKES_INDEXES, digest

DECIDES = (
    *MAKES_INDEXES,
    "scripts/bench/baselines",
    "scripts/bench/measures/delivered.py",
    "scripts/bench/measures/scores.py",
    "scripts/bench/subjects/subject.py",
)
"""The code that decides what baselines see and how they are scored, beside that of a part; rows that other code made are measured again."""


class Answered:
    """Rows by key, in a file, that the module `part` measured. A run that is ended keeps what it has found."""

    def __init__(self, file: Path, part: str) -> None:
        self._file = file
        self._code = digest((*DECIDES, f"{part.replace('.', '/')}.py"))
        self._rows: dict[str, list[Row]] = {}
        if file.exists():
            found = json.loads(file.read_text(encoding="utf-8"))
            self._rows = found["rows"] if found["code"] == self._code else {}

    def rows(self, key: str, measure: Callable[[], Iterable[Row]]) -> list[Row]:
        """Return the rows of `key`; measure them if they are not known."""
        if key not in self._rows:
            self._rows[key] = list(measure())
            self._file.parent.mkdir(parents=True, exist_ok=True)
            aside = self._file.with_suffix(".new")
            aside.write_text(json.dumps({"code": self._code, "rows": self._rows}), encoding="utf-8")
            aside.replace(self._file)
        return self._rows[key]
