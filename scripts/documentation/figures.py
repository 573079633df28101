"""Draws tables of the figures that rankings are judged by, `scripts/bench/results/figures.csv`: a column for each ranking and baseline."""

from collections.abc import Callable, Sequence

from scripts.documentation.markdown import table
from scripts.documentation.tables import NOT_MEASURED, OURS, Row, rows_of

WRITTEN, JOINED = "as written", "joined"
ALL = "all"


def beside_baselines(of: str, text: str = WRITTEN) -> Callable[[], str]:
    """Return a function that draws every figure of a set with its interval, for one form of the texts.

    Of joined texts each cell also says how it differs from that of the text as written.
    """

    def drawn() -> str:
        found = [row for row in rows_of("figures") if (row["set"], row["half"], row["text"]) == (of, ALL, text)]
        return _drawn(found, ("figure", "tasks"), _method, _changed if text == JOINED else _cell)

    return drawn


def halves() -> str:
    """Return the table of our figures on the even and the odd half of each set."""
    found = [row for row in rows_of("figures") if row["half"] != ALL and row["text"] == WRITTEN and row["method"] == OURS]
    return _drawn(found, ("set", "figure"), lambda row: f"{row['ranking']}: {row['half']}", _cell)


def _drawn(rows: Sequence[Row], places: tuple[str, ...], column: Callable[[Row], str], cell: Callable[[Row], str]) -> str:
    """Return a table with a row for each of `places`, its cells in the columns that `column` names."""
    if not rows:
        return NOT_MEASURED
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        cells.setdefault(tuple(row[place] for place in places), {})[column(row)] = cell(row)
    columns = sorted(dict.fromkeys(column(row) for row in rows), key=lambda one: not one.startswith(OURS))
    return table([*places, *columns], [[*at, *(found.get(one, "") for one in columns)] for at, found in cells.items()])


def _method(row: Row) -> str:
    return f"{row['method']}, {row['ranking']}" if row["ranking"] else row["method"]


def _cell(row: Row) -> str:
    return f"{_short(row['value'])} [{_short(row['low'])}, {_short(row['high'])}]"


def _changed(row: Row) -> str:
    return f"{_short(row['value'])}, {float(row['change']):+.3f} [{float(row['change low']):+.3f}, {float(row['change high']):+.3f}]"


def _short(value: str) -> str:
    return f"{float(value):.3f}"


PARTS: dict[str, Callable[[], str]] = {
    "figures-issues": beside_baselines("issues"),
    "figures-joined": beside_baselines("issues", JOINED),
    "figures-questions": beside_baselines("questions"),
    "figures-functions": beside_baselines("functions"),
    "figures-names": beside_baselines("names"),
    "figures-halves": halves,
}
