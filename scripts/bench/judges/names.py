"""Names: is the definition of a name first in a search, and is it in a pack of 1,000 tokens?

Asked are `where is NAME` and NAME alone. first: whether the first hit is that definition; rank: its rank, 0 if it is not among the
first 100; whole@1000: whether its whole body is in a pack; declared@1000: whether its first line is.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from indexers import base_name
from scripts.bench import figures, results
from scripts.bench.data import Name, Repositories, draw, drawn_from, name_tasks, write
from scripts.bench.measures import Delivered, body_recall, line_recall, mean, within
from scripts.bench.results import Row
from scripts.bench.subjects import OURS, Plan, Subject, announce, count, over_judged

BUDGET = 1_000
HITS = 100
FORMS = ("where is {}", "{}")
COUNTED = ("first", "whole@1000", "declared@1000")
Found = Sequence[tuple[str, str, int, int]]
"""The id, path and lines of hits, best first."""


def run(plan: Plan) -> None:
    """Measure; print and write the tables."""
    announce(plan, "names")
    rows = over_judged(plan, name_tasks(), measure)
    ours = [row for row in rows if row["method"] == OURS]
    sheet = [{"ranking": plan.ranking, **{key: value for key, value in row.items() if key not in ("method", "text")}} for row in ours]
    results.renew("names-sheet", sheet, ("ranking",), plan.results, results.silently)
    results.renew("names-languages", _by_language(ours, plan.ranking), ("ranking",), plan.results, results.aloud)
    figures.publish("names", rows, plan)


def draw_sheet(repositories: Repositories, work: Path) -> None:
    """Draw the names anew and write their sheet, `scripts/bench/data/names.csv`."""
    drawn = []
    for place in drawn_from():
        tree = repositories.working_tree(place.repository, work / "judged" / place.repository.replace("/", "+"))
        tree.move(place.commit)
        drawn.append((place, draw(tree.folder / place.folder, place)))
    write(drawn)


def measure(subject: Subject, task: Name) -> Iterator[Row]:
    """Yield a row for memoryd and one for the baseline, for each way of asking."""
    for form in FORMS:
        text = form.format(task.name)
        found = [(hit.id, hit.path, hit.start_line, hit.end_line) for hit in subject.memory.search(text, HITS)]
        yield _scored(task, form, OURS, found, subject.packed(text, BUDGET)[0])
    yield from subject.answered.rows(f"{task.path}:{task.first_line}", partial(_baselines, subject, task))


def _baselines(subject: Subject, task: Name) -> Iterator[Row]:
    known = subject.memory.view().catalog.by_id
    for form in FORMS:
        for baseline in subject.baselines(form.format(task.name)):
            if baseline.symbols is not None:
                units = [known[id_] for id_ in baseline.symbols[:HITS]]
                found = [(unit.id, unit.path, unit.first_line, unit.last_line) for unit in units]
                yield _scored(task, form, baseline.name, found, within(baseline.read, BUDGET, subject.lines, count))


def _scored(task: Name, form: str, method: str, found: Found, pack: Sequence[Delivered]) -> Row:
    rank = next((rank for rank, one in enumerate(found, 1) if _is_definition(one, task)), 0)
    return {
        "method": method,
        "text": "as written",
        "kind": task.kind,
        "asked": form.format("NAME"),
        "others": task.others,
        "rank": rank,
        "first": float(rank == 1),
        "whole@1000": body_recall(pack, [(task.path, task.first_line, task.last_line)]),
        "declared@1000": line_recall(pack, [(task.path, task.first_line)]),
    }


def _is_definition(found: tuple[str, str, int, int], task: Name) -> bool:
    """Tell whether a hit is the definition of a name: that symbol, wherever its unit begins and ends."""
    id_, path, first_line, last_line = found
    _, is_symbol, qualname = id_.partition("#")
    return bool(is_symbol) and path == task.path and first_line <= task.first_line <= last_line and base_name(qualname) == task.name


def _by_language(ours: Sequence[Row], ranking: str) -> list[Row]:
    """Return our means by kind, way of asking and language."""
    groups = sorted({(str(row["kind"]), str(row["asked"]), str(row["language"])) for row in ours})
    return [
        {
            "ranking": ranking,
            "kind": kind,
            "asked": asked,
            "language": language,
            "names": len(rows),
            **{key: round(mean(float(str(row[key])) for row in rows) or 0.0, 4) for key in COUNTED},
        }
        for kind, asked, language in groups
        if (rows := [row for row in ours if (row["kind"], row["asked"], row["language"]) == (kind, asked, language)])
    ]
