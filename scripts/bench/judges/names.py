"""Names: is the definition of a name first in a search, and is it in a pack of 1,000 tokens?

Asked are `where is NAME` and NAME alone. first: whether the first hit is that definition; rank: its rank, 0 if it is not among the
first 100; whole@1000: whether its whole body is in a pack; shown@1000: whether anything of it is there, its signature at least.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from indexers import base_name
from scripts.bench import figures, results
from scripts.bench.data import Name, Repositories, draw, drawn_from, name_tasks, write
from scripts.bench.measures import Delivered, body_recall, mean, of_pack, within
from scripts.bench.results import Row
from scripts.bench.subjects import OURS, Plan, Subject, announce, count, over_judged

BUDGET = 1_000
HITS = 100
FORMS = ("where is {}", "{}")
COUNTED = ("first", "whole@1000", "shown@1000")
Placed = tuple[str, str, int, int]
"""The id, path and lines of a hit or of an item of a pack."""


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
        hits, pack = subject.memory.search(text, HITS), subject.memory.pack(text, BUDGET)
        found, shown = ([(one.id, one.path, one.start_line, one.end_line) for one in many] for many in (hits, pack.items))
        yield _scored(task, form, OURS, found, shown, of_pack(pack, subject.lines, count))
    yield from subject.answered.rows(f"{task.path}:{task.first_line}", partial(_baselines, subject, task))


def _baselines(subject: Subject, task: Name) -> Iterator[Row]:
    """Yield a row for each way of asking the one baseline that ranks symbols; those after it are never made."""
    known = subject.memory.view().catalog.by_id
    for form in FORMS:
        baseline = next(one for one in subject.baselines(form.format(task.name)) if one.symbols is not None)
        units = [known[id_] for id_ in (baseline.symbols or ())[:HITS]]
        found = [(unit.id, unit.path, unit.first_line, unit.last_line) for unit in units]
        read = within(baseline.read, BUDGET, subject.lines, count)
        shown = [one for one in found if any(piece.path == one[1] and one[2] in piece.lines for piece in read)]
        yield _scored(task, form, baseline.name, found, shown, read)


def _scored(task: Name, form: str, method: str, found: Sequence[Placed], shown: Sequence[Placed], read: Sequence[Delivered]) -> Row:
    rank = next((rank for rank, one in enumerate(found, 1) if _is_definition(one, task)), 0)
    return {
        "method": method,
        "text": "as written",
        "kind": task.kind,
        "asked": form.format("NAME"),
        "others": task.others,
        "rank": rank,
        "first": float(rank == 1),
        "whole@1000": body_recall(read, [(task.path, task.first_line, task.last_line)]),
        "shown@1000": float(any(_is_definition(one, task) for one in shown)),
    }


def _is_definition(found: Placed, task: Name) -> bool:
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
