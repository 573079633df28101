"""The whole report as text for a terminal: what it cost, where it went, what could be spared. Pure."""

from collections.abc import Iterator

from memoryd.faces.cli.usage.plots import bar, curve
from memoryd.faces.cli.usage.tables import HEADS, clock, cost_of, of_group, shortened, table
from memoryd.text import number_of
from memoryd.usage import Comparison, Report, WhatIf, dearest, dollars, share, tokens, why

BAR, WIDTH, HEIGHT = 30, 72, 8
MOST_ROWS, DEAREST = 31, 10
NAME = 44
NOTHING = "no requests found; `memoryd usage --transcripts FOLDER` reads transcripts that lie elsewhere\n"


def text_of(report: Report, groups: tuple[str, ...], prices: str) -> str:
    """Return the report, with the sums of some groups."""
    if not report.total.tokens.requests:
        return "".join(_read(report)) + NOTHING
    parts = [_head(report, prices), *(_group(report, group) for group in groups)]
    parts += [_growth(report), _misses(report), _sources(report), _dearest(report), _pace(report), _savings(report)]
    return "\n".join(part for part in parts if part)


def what_if_text(report: Report, found: tuple[WhatIf, ...]) -> str:
    """Return what the same requests would have cost."""
    rows = [["as it was", dollars(report.total.cost.total), ""]]
    for one in found:
        without = f"{number_of(one.unpriced, 'request')} without a price" if one.unpriced else ""
        rows.append([one.name, dollars(one.cost if one.unpriced < report.total.tokens.requests else None), without])
    return "What if (the same tokens at other prices)\n" + table(("", "cost", ""), rows)


def comparison_text(a: str, b: str, found: Comparison) -> str:
    """Return two groups of sessions side by side."""
    rows = []
    for one in found.measures:
        interval = f"{_figure(one.name, one.low)} to {_figure(one.name, one.high)}" if one.low is not None else ""
        rows.append([one.name, _figure(one.name, one.a), _figure(one.name, one.b), interval, one.verdict])
    heads = ("median of a session", f"A: {a}", f"B: {b}", "B - A, 95 of 100", "B has")
    return f"A has {number_of(found.a, 'session')}, B has {found.b}\n" + table(heads, rows)


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return dollars(value) if name == "dollars" else share(value) if name.startswith("share") else tokens(value)


def _read(report: Report) -> Iterator[str]:
    read = report.read
    yield f"{number_of(read.files, 'file')}, {number_of(read.lines, 'line')} with usage"
    for number, what in (
        (read.copies, "copies of requests that are counted elsewhere"), (read.synthetic, "messages of clients themselves"),
        (read.damaged, "damaged lines"), (read.cut, "files that end within a line"), (len(read.unreadable), "files that cannot be read"),
    ):  # fmt: skip
        if number:
            yield f", {number} {what}"
    yield "\n"


def _head(report: Report, prices: str) -> str:
    total = report.total.tokens
    rows = [
        ["requests", f"{total.requests:,}", "each once, however many lines tell of it"],
        ["share of input", share(total.input_share), "of all tokens were given to models"],
        [
            "read per written",
            "–" if total.read_per_written is None else f"{total.read_per_written:,.0f}",
            "tokens given for each that was written",
        ],
        ["share from cache", share(total.cached_share), "of the tokens given"],
        ["cost", cost_of(report.total), f"at list prices ({prices})"],
    ]
    width = max(len(row[1]) for row in rows)
    lines = [f"  {name:<17} {figure:>{width}}  {what}\n" for name, figure, what in rows]
    if report.unpriced:
        lines.append(
            f"  No price is known for {', '.join(report.unpriced)}: its {tokens(report.total.unpriced.context)} tokens are in no amount.\n"
        )
    return "".join((*_read(report), *lines))


def _group(report: Report, group: str) -> str:
    sums, shown = report.by(group), of_group(report, group, MOST_ROWS)
    most = max((sums[name].cost.total for name in shown), default=0.0)
    rows = [
        [shortened(name or "(none)", NAME), *counts, bar(sums[name].cost.total, most, BAR).ljust(BAR)] for name, counts in shown.items()
    ]
    left = f"  and {len(sums) - len(shown)} more\n" if len(sums) > len(shown) else ""
    return f"By {group}\n" + table((group, *HEADS, ""), rows) + left


def _growth(report: Report) -> str:
    if not report.growths:
        return ""
    steps = ", ".join(f"{one.request}: {tokens(one.context)}" for one in report.typical)
    begun, total = report.begun
    longest = max(report.growths, key=lambda one: (len(one.contexts), one.session))
    lines = [f"  median context at request {steps}\n"]
    lines.append(
        f"  what contexts begin with (instructions, tools, first prompt) is {share(begun / total if total else None)} of all tokens given\n"
    )
    most = max(longest.contexts)
    lines.append(f"  session {longest.session}, {number_of(len(longest.contexts), 'request')}, up to {tokens(most)}; ^ compacted\n")
    lines += [f"  {line}".rstrip() + "\n" for line in curve(longest.contexts, longest.compacted, WIDTH, HEIGHT) if line.strip()]
    return "Growth of contexts, request by request\n" + "".join(lines)


def _misses(report: Report) -> str:
    if not report.misses:
        return ""
    rows = [
        [one.reason.value, str(one.number), tokens(one.tokens), dollars(one.cost) + ("+" if one.unpriced else "")] for one in report.misses
    ]
    return "Cache misses: what was in the cache, and paid for again\n" + table(("reason", "times", "tokens", "cost"), rows)


def _sources(report: Report) -> str:
    carried = sum(one.carried for one in report.sources)
    if not carried:
        return ""
    most = max(one.carried for one in report.sources)
    rows = [
        [one.name, tokens(one.characters), share(one.carried / carried), bar(one.carried, most, BAR).ljust(BAR)]
        for one in report.sources
        if one.carried / carried >= 0.001
    ]
    lines = number_of(report.lines_read, "line")
    again = (
        f"  {share(report.lines_again / report.lines_read)} of the {lines} of files read had been read before\n"
        if report.lines_read
        else ""
    )
    return "Where contexts come from (characters, and those times the requests that carried them)\n" + table(
        ("source", "characters", "carried", ""), rows
    ) + again  # fmt: skip


def _dearest(report: Report) -> str:
    lines = []
    for one in dearest(report.sessions, DEAREST):
        lines.append(f"  {cost_of(one.sums):>9}  {clock(one.first)}  {shortened(one.project or '(none)', NAME)}  {one.id}\n")
        lines.append(f"             {'; '.join(why(one))}\n" if why(one) else "")
    return "The dearest sessions\n" + "".join(lines)


def _pace(report: Report) -> str:
    latest, before = report.pace.latest, report.pace.dearest
    if latest is None:
        return ""
    hours = max((latest.last - latest.start) / 3_600_000, 1 / 12)
    lines = [
        f"  latest: from {clock(latest.start)} {number_of(latest.requests, 'request')}, {tokens(latest.tokens)} tokens,"
        f" {dollars(latest.cost)},"
        f" {dollars(latest.cost / hours)} an hour\n"
    ]
    if before is not None:
        used = f"{number_of(before.requests, 'request')}, {tokens(before.tokens)} tokens, {dollars(before.cost)}"
        lines.append(f"  dearest before: from {clock(before.start)} {used}\n")
    lines += [
        f"  {limit.client} said at {clock(limit.at)}: {limit.percent:.0f}% of its limit for {limit.minutes / 60:g} hours is used\n"
        for limit in report.pace.limits
    ]
    return "Pace: windows of five hours\n" + "".join(lines)


def _savings(report: Report) -> str:
    saved = report.savings
    if not saved.sessions:
        return "What memoryd saved\n  nothing: it had no part in these sessions\n"
    rows = [[one.name, str(one.number), tokens(one.tokens), dollars(one.saved), one.basis] for one in saved.lines]
    lost = [name for name, amount in saved.sessions.items() if amount < 0]
    lines = [
        f"  in all {dollars(saved.saved)} in {number_of(len(saved.sessions), 'session')}; {len(lost)} of them cost more than they saved\n"
    ]
    if saved.unknown:
        lines.append(f"  {saved.unknown} shortened outputs are no longer kept: nothing is claimed for them\n")
    if saved.unpriced:
        lines.append(f"  {saved.unpriced} of these have no price and are in no amount\n")
    return "What memoryd saved (less than 0: cost)\n" + table(("", "times", "tokens", "saved", "basis"), rows) + "".join(lines)
