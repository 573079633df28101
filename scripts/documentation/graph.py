"""Draws the tables of what the graph knows: its edges beside those of compilers, packs for changes, tests that are chosen."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from statistics import median

from scripts.documentation.markdown import table
from scripts.documentation.tables import NOT_MEASURED, Row, rows_of

FAR = "recall, across files"
CERTAIN = "certain tiers"
CALLED = ("called method", "called function", "called class")
FIRST = (1, 5, 20)


def precision() -> str:
    """Return how often edges of each tier are right, over all trees of the bench of the graph."""
    found = [row for row in rows_of("graph") if row["measure"] == "precision"]
    outside = Counter[str]()
    for row in found:
        outside[row["of"]] += int(row["outside"] or 0)
    return _shares(found, ("of",), ("tier",), lambda key: ("of another project", str(outside[key[0]])))


def recall() -> str:
    """Return the share of calls across files that the graph knows, by tree, what is called, and tiers."""
    found = [row for row in rows_of("graph") if row["measure"] == FAR and row["kind"] in CALLED]
    return _shares(found, ("tree", "kind", "of"), ("tree", "calls", "known by"))


def overlay() -> str:
    """Return the share of calls across files that the graph knows without and with the edges of an imported index, by tree."""
    found = [row for row in rows_of("overlay") if row["measure"] == FAR and row["kind"] in CALLED and row["of"] == CERTAIN]
    return _shares(found, ("tree", "imported", "judge", "graph"), ("tree", "imported", "judge", "edges"))


def references() -> str:
    """Return how the links of graded references compare: precision by tier, recall by kind and language."""
    found = rows_of("references")
    return _shares(found, ("measure", "of"), ("measure", "of")) if found else NOT_MEASURED


def peers() -> str:
    """Return how codegraph's edges and ours compare on the same questions, over all trees of an oracle."""
    found = [row for row in rows_of("graph-peers") if row["measure"] in ("precision", FAR)]
    return _shares(found, ("oracle", "measure", "kind", "answers"), ("oracle", "measure", "of", "answers")) if found else NOT_MEASURED


def changes() -> str:
    """Return what packs for changes cost and hold, by repository."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of("changes"):
        groups[row["repository"]].append(row)
        groups["all"].append(row)
    if not groups:
        return NOT_MEASURED
    heads = ("repository", "changes", "tokens of packs ÷ difference and whole files", "median", "changed units named", "… in full")
    return table(heads, [_of_changes(name, groups[name]) for name in sorted(groups, key=lambda name: (name == "all", name))])


def selection() -> str:
    """Return how early the tests stand that changed with a commit, with and without the history as evidence."""
    found = rows_of("selection")
    if not found:
        return NOT_MEASURED

    def share(column: str, first: int) -> str:
        return _rounded(sum(0 < int(row[column] or 0) <= first for row in found) / len(found))

    chosen = median(int(row["chosen"]) / int(row["tests"]) for row in found)
    rows = [
        [f"a changed test file is among the first {first}", share("place", first), share("place_without_history", first)] for first in FIRST
    ]
    return table(
        ("what", "share", "without history"),
        [["commits", str(len(found)), str(len(found))], *rows, ["test files chosen, median share", _rounded(chosen), ""]],
    )


def _of_changes(name: str, found: list[Row]) -> list[str]:
    def total(column: str) -> int:
        return sum(int(row[column]) for row in found)

    shares = (int(row["pack"]) / int(row["diff_and_files"]) for row in found)
    units = total("units") or 1
    return [
        name, str(len(found)), _rounded(total("pack") / total("diff_and_files")), _rounded(median(shares)),
        _rounded(total("named") / units), _rounded(total("in_full") / units),
    ]  # fmt: skip


def _shares(
    found: Iterable[Row], by: tuple[str, ...], heads: tuple[str, ...], more: Callable[[tuple[str, ...]], tuple[str, ...]] = lambda _: ()
) -> str:
    """Return a table of judged and right edges, summed by the values of some columns; `more` gives a head and cell for each of them."""
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in found:
        both = sums[tuple(row[column] for column in by)]
        both[0] += int(row["judged"])
        both[1] += int(row["right"])
    if not sums:
        return NOT_MEASURED
    rows = [
        [*key, str(judged), str(right), _rounded(right / judged) if judged else "", *more(key)[1:]] for key, (judged, right) in sums.items()
    ]
    return table((*heads, "judged", "right", "share", *more(next(iter(sums)))[:1]), rows)


def _rounded(share: float) -> str:
    return f"{share:.3f}"


PARTS: dict[str, Callable[[], str]] = {
    "graph-precision": precision,
    "graph-recall": recall,
    "graph-overlay": overlay,
    "graph-references": references,
    "graph-peers": peers,
    "changes": changes,
    "selection": selection,
}
