"""The whole report as one page: no script, no font, no picture from elsewhere. Whatever a name holds, it is text here. Pure."""

from collections.abc import Iterable, Sequence
from html import escape

from memoryd.faces.cli.usage.drawings import bars, curve
from memoryd.faces.cli.usage.tables import HEADS, clock, cost_of, of_group
from memoryd.text import number_of
from memoryd.usage import Report, dearest, dollars, share, tokens, why

TITLE = "Usage of coding agents"
WORDS = ("why",)
"""Heads of columns of words."""
DEAREST, MOST_ROWS = 10, 60
STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5d6878; --line: #d8dde5; --back: #fff; --fill: #2f6fb5; --mark: #c2491d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --dim: #98a2b1; --line: #333c49; --back: #14181f; --fill: #5b9be0; --mark: #f0864f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2.4rem 0 .4rem; }
p { margin: .3rem 0; } .dim { color: var(--dim); }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.4rem 0; }
.figures div { border: 1px solid var(--line); border-radius: .5rem; padding: .7rem 1rem; flex: 1 1 9rem; }
.figures b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--dim); font-weight: 500; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; }
td.bar { width: 30%; min-width: 7rem; } td.words, th.words { text-align: left; white-space: normal; }
svg { display: block; width: 100%; } .fill { fill: var(--fill); } .mark { stroke: var(--mark); } text { fill: var(--dim); font-size: 11px; }
"""


def page_of(report: Report, groups: Sequence[str], prices: str) -> str:
    """Return the page."""
    parts = [_head(report, prices), *(_group(report, group) for group in groups)]
    parts += [_growth(report), _misses(report), _sources(report), _dearest(report), _pace(report), _savings(report)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{TITLE}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{"".join(parts)}</body></html>\n'


def _head(report: Report, prices: str) -> str:
    total = report.total.tokens
    per = "–" if total.read_per_written is None else f"{total.read_per_written:,.0f}"
    figures = [
        (cost_of(report.total), "at list prices"), (f"{total.requests:,}", "requests, each counted once"),
        (share(total.input_share), "of all tokens were given to models"), (per, "tokens given for each that was written"),
        (share(total.cached_share), "of the tokens given came from a cache"),
    ]  # fmt: skip
    boxes = "".join(f"<div><b>{escape(figure)}</b>{escape(what)}</div>" for figure, what in figures)
    days = [day for day in report.by("day") if day]
    span = f"{days[0]} to {days[-1]}" if days else ""
    without = ""
    if report.unpriced:
        without = f"<p>No price is known for {escape(', '.join(report.unpriced))}: what it used is in no amount.</p>"
    read = f"{number_of(len(report.sessions), 'session')} in {number_of(report.read.files, 'file')}"
    told = f"{read}. Prices: {prices}. A subscription costs what it costs."
    return f'<h1>{TITLE}</h1><p class="dim">{escape(span)} · {escape(told)}</p><div class="figures">{boxes}</div>{without}'


def _group(report: Report, group: str) -> str:
    sums, shown = report.by(group), of_group(report, group, MOST_ROWS)
    most = max((sums[name].cost.total for name in shown), default=0.0)
    rows = [_row((name or "(none)", *counts), bars(sums[name].cost.total, most)) for name, counts in shown.items()]
    return _section(f"By {group}", _table((group, *HEADS, ""), rows))


def _growth(report: Report) -> str:
    if not report.growths:
        return ""
    longest = max(report.growths, key=lambda one: (len(one.contexts), one.session))
    begun, total = report.begun
    told = (
        f"The longest session, request by request: up to {tokens(max(longest.contexts))} tokens of context; lines mark compactions."
        f" What contexts begin with (instructions, tools, first prompt) is {share(begun / total if total else None)} of all tokens given."
    )
    return _section("Growth of contexts", f"<p>{escape(told)}</p>{curve(longest.contexts, longest.compacted)}")


def _misses(report: Report) -> str:
    if not report.misses:
        return ""
    most = max(one.cost for one in report.misses)
    rows = [
        _row(
            (one.reason.value, str(one.number), tokens(one.tokens), dollars(one.cost) + ("+" if one.unpriced else "")), bars(one.cost, most)
        )
        for one in report.misses
    ]
    return _section(
        "Cache misses", "<p>What was in the cache, and paid for again.</p>" + _table(("reason", "times", "tokens", "cost", ""), rows)
    )


def _sources(report: Report) -> str:
    carried = sum(one.carried for one in report.sources)
    if not carried:
        return ""
    most = max(one.carried for one in report.sources)
    rows = [_row((one.name, tokens(one.characters), share(one.carried / carried)), bars(one.carried, most)) for one in report.sources]
    again = ""
    if report.lines_read:
        lines = number_of(report.lines_read, "line")
        again = f" {share(report.lines_again / report.lines_read)} of the {lines} of files read had been read before."
    told = f"<p>Characters, and the share of what all requests carried.{escape(again)}</p>"
    return _section("Where contexts come from", told + _table(("source", "characters", "carried", ""), rows))


def _dearest(report: Report) -> str:
    rows = []
    for one in dearest(report.sessions, DEAREST):
        words = f'<td class="words">{escape("; ".join(why(one)))}</td>'
        rows.append(_row((one.project or "(none)", clock(one.first), cost_of(one.sums)), words))
    return _section("The dearest sessions", _table(("project", "began", "cost", "why"), rows))


def _pace(report: Report) -> str:
    latest, limits = report.pace.latest, report.pace.limits
    if latest is None:
        return ""
    told = f"The latest five hours, from {clock(latest.start)}: {number_of(latest.requests, 'request')}, {dollars(latest.cost)}."
    if report.pace.dearest is not None:
        told += f" The dearest before: {dollars(report.pace.dearest.cost)}, from {clock(report.pace.dearest.start)}."
    for limit in limits:
        told += (
            f" {limit.client} said at {clock(limit.at)} that {limit.percent:.0f}% of its limit for {limit.minutes / 60:g} hours is used."
        )
    return _section("Pace", f"<p>{escape(told)}</p>")


def _savings(report: Report) -> str:
    saved = report.savings
    if not saved.sessions:
        return _section("What memoryd saved", "<p>Nothing: it had no part in these sessions.</p>")
    lost = sum(amount < 0 for amount in saved.sessions.values())
    told = f"In all {dollars(saved.saved)} in {number_of(len(saved.sessions), 'session')}; {lost} of them cost more than they saved."
    if saved.unknown:
        told += f" {saved.unknown} shortened outputs are no longer kept: nothing is claimed for them."
    rows = [_row((one.name, str(one.number), tokens(one.tokens), dollars(one.saved), one.basis), "") for one in saved.lines]
    return _section("What memoryd saved", f"<p>{escape(told)}</p>" + _table(("", "times", "tokens", "saved", "basis"), rows))


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>\n"


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th class="words">{escape(one)}</th>' if one in WORDS else f"<th>{escape(one)}</th>" for one in heads)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _row(cells: Iterable[str], last: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + last + "</tr>"
