"""Draws tables of the benchmarks' results, `scripts/bench/results/*.csv`."""

import csv
from collections.abc import Callable, Mapping

from scripts.documentation.markdown import TOP, table

RESULTS = TOP / "scripts" / "bench" / "results"
Row = dict[str, str]

RECALLS = tuple(f"recall@{budget}" for budget in (500, 1000, 2000, 4000, 8000))
PACKS = tuple(f"{what}@{budget}" for what in ("files", "symbols", "lines") for budget in (2000, 8000))
MEANS = tuple(f"ndcg10{of}" for of in ("", "_repository", "_language", "_architecture", "_semantic", "_symbol"))
RATIOS = ("total_where_held", "median_where_held", "total_resident_where_held", "total_misses_charged", "total_resident_misses_charged")
OURS, BM25, RIPGREP = "memoryd", "BM25, whole files", "ripgrep, whole files"
METHODS = (OURS, BM25, RIPGREP)
BASELINES = (BM25, RIPGREP, "ripgrep, windows of 200 lines")
MIDDLE = "django-5.2.19"
"""The tree on which the headline times are measured."""

QUALITY = (
    ("questions", "NDCG@10", "ndcg10"),
    ("questions", "share of the answers in a pack of 500 tokens", "recall@500"),
    ("questions", "share of the answers in a pack of 2,000 tokens", "recall@2000"),
    ("questions", "tokens to the first answer", "first_hit"),
    ("issues", "all files of the fix: first in a search", "acc@1"),
    ("issues", "all files of the fix: among the first five", "acc@5"),
    ("issues", "files of the fix in a pack of 8,000 tokens", "files@8000"),
    ("issues", "functions of the fix, whole, in a pack of 8,000 tokens", "symbols@8000"),
)
SETS = {"questions": "questions", "issues": "bug reports"}
TOKENS = (
    ("questions", "files", "one pack of 4,000"),
    ("questions", "files", "growing packs"),
    ("issues", "files", "one pack of 8,000"),
    ("issues", "lines", "one pack of 8,000"),
    ("issues", "lines", "growing packs"),
)
"""The rows of the table of tokens: data set, evidence, way of asking. The last rows are losses and stay in the table."""
RECALL = {"notes": "400, as written", "asked": "TITLE", "questions from": "all"}
REST: tuple[tuple[str, str, Mapping[str, str], str], ...] = (
    (f"first index of {MIDDLE}: lines", "speed", {"what": "lines"}, MIDDLE),
    ("… CPU seconds", "speed", {"what": "cold index, whole process: CPU s"}, MIDDLE),
    ("… one file edited, inside the daemon: ms", "speed", {"what": "one file edited, inside, by path ms"}, MIDDLE),
    ("… search, median: ms", "speed", {"what": "search, p50 ms"}, MIDDLE),
    ("… pack, median: ms", "speed", {"what": "pack, p50 ms"}, MIDDLE),
    ("… a command of its own, nothing changed: CPU seconds", "speed", {"what": "nothing changed, whole process: CPU s"}, MIDDLE),
    ("rows that differ from a fresh index after 100 commits", "replay", {"commit": "100"}, "different_rows"),
    ("false claims of notes that were found", "notes-rot", {"claims about": "all"}, "recall"),
    ("alerts for each false claim", "notes-rot", {"claims about": "all"}, "alerts per catch"),
    ("… alerts where any change of a file is one", "notes-rot", {"claims about": "all"}, "drift alerts per catch"),
    ("decision among the first five notes recalled", "notes-recall", RECALL, "recall@5"),
)


NOT_MEASURED = "Not measured yet.\n"


def results(name: str, columns: tuple[str, ...] = (), only: Callable[[Row], bool] = lambda _: True) -> Callable[[], str]:
    """Return a function that draws `results/<name>.csv` as a table, with all columns and rows or only some."""

    def drawn() -> str:
        found = [row for row in rows_of(name) if only(row)]
        if not found:
            return NOT_MEASURED
        wanted = columns or tuple(found[0])
        return table([_spoken(column) for column in wanted], [[row[column] for column in wanted] for row in found])

    return drawn


def beside(name: str, places: tuple[str, ...], columns: tuple[tuple[str, str], ...]) -> Callable[[], str]:
    """Return a function that draws a table with a row for each of `places` and a column for each (method, measure) of `columns`."""

    def drawn() -> str:
        found = rows_of(name)
        keys = dict.fromkeys(tuple(row[place] for place in places) for row in found)
        by_method = {(*(row[place] for place in places), row["method"]): row for row in found}
        heads = [*places, *(f"{method}: {_spoken(measure)}" for method, measure in columns)]
        return table(heads, [[*key, *(by_method[(*key, method)][measure] for method, measure in columns)] for key in keys])

    return drawn


def quality() -> str:
    """Return the table of the quality of answers, ours beside the baselines'."""
    rows = [
        [f"{_cell(of, {'method': OURS}, 'tasks')} {SETS[of]}: {what}", *(_cell(of, {"method": method}, measure) for method in METHODS)]
        for of, what, measure in QUALITY
    ]
    return table(["measure", *METHODS], rows)


def tokens() -> str:
    """Return the table of tokens to the evidence, divided by those of each baseline; misses are charged."""
    rows = [
        [
            f"{SETS[of]}, all {evidence}: {way}",
            *(
                _cell("savings", {"set": of, "evidence": evidence, "way": way, "baseline": baseline}, "total_misses_charged")
                for baseline in BASELINES
            ),
        ]
        for of, evidence, way in TOKENS
    ]
    return table(["evidence", *(f"÷ {baseline}" for baseline in BASELINES)], rows)


def rest() -> str:
    """Return the table of times and of the truth of index and notes after changes."""
    return table(["what", "value"], [[what, _cell(name, at, column)] for what, name, at, column in REST])


def _cell(name: str, at: Mapping[str, str], column: str) -> str:
    """Return a column of the one row whose values include `at`."""
    (row,) = (row for row in rows_of(name) if at.items() <= row.items())
    return row[column]


def rows_of(name: str) -> list[Row]:
    """Return the rows of `results/<name>.csv`; none if nobody has measured them yet."""
    path = RESULTS / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def _spoken(column: str) -> str:
    return column.replace("_", " ")


PARTS: dict[str, Callable[[], str]] = {
    "quality": quality,
    "tokens": tokens,
    "rest": rest,
    "questions": results("questions", ("method", "tasks", *MEANS, *RECALLS, "first_hit")),
    "questions-repositories": beside(
        "questions-repositories",
        ("repository", "language", "tasks"),
        ((OURS, "ndcg10"), (BM25, "ndcg10"), (RIPGREP, "ndcg10"), (OURS, "recall@500"), (OURS, "recall@2000"), (OURS, "first_hit")),
    ),
    "issues": results("issues", ("method", "tasks", "acc@1", "acc@5", "acc@10", "function_acc@5", *PACKS)),
    "issues-touched": results("issues-touched", ("files of the fix", "method", "tasks", "acc@1", "acc@5", "acc@10", *PACKS)),
    "issues-verdicts": results("issues-verdicts"),
    "questions-verdicts": results("questions-verdicts"),
    "issues-repositories": beside(
        "issues-repositories",
        ("repository", "tasks"),
        ((OURS, "acc@1"), (OURS, "acc@5"), (OURS, "files@8000"), (OURS, "symbols@8000"), (BM25, "acc@1"), (BM25, "files@8000")),
    ),
    "functions-repositories": results("functions-repositories"),
    "names-languages": results("names-languages"),
    "verdicts": results("verdicts"),
    "savings": results(
        "savings",
        ("set", "evidence", "way", "baseline", "tasks", "held", "baseline_held", *RATIOS),
        lambda row: row["way"] in ("one pack of 4,000", "one pack of 8,000", "growing packs"),
    ),
    "speed": results("speed"),
    "speed-repositories": results(
        "speed-repositories", ("repository", "language", "lines", "cold index s", "search, p50 ms", "search, p95 ms", "pack, p50 ms")
    ),
    "notes-rot": results("notes-rot"),
    "notes-rot-repositories": results("notes-rot-repositories"),
    "notes-renames": results("notes-renames"),
    "notes-times": results("notes-times"),
    "notes-recall": results("notes-recall"),
    "doors": results("doors"),
    "load": results("load", ("phase", "what", "value", "unit")),
    "replay": results("replay"),
    "torture": results("torture"),
    "hostile": results("hostile"),
    "damage": results("damage"),
    "damage-opening": results("damage-opening"),
    "usage": results("usage"),
    "usage-cost": results("usage-cost"),
    "disk": results("disk"),
    "branches": results("branches"),
    "worktrees": results("worktrees"),
    "worktrees-held": results("worktrees-held"),
    "remote": results("remote"),
    "remote-failing": results("remote-failing"),
    "scale": results("scale"),
    "history": results("history"),
    "relations": results("relations"),
    "secrets": results("secrets"),
    "secrets-cost": results("secrets-cost"),
    "hooks": results("hooks"),
    "hooks-memory": results("hooks-memory"),
    "hooks-places": results("hooks-places"),
    "loop": results("loop"),
    "loop-outlines": results("loop-outlines"),
    "extraction": results("extraction"),
    "embedder": results("embedder"),
}
