"""The whole report as values for programs: JSON, and sums as CSV. Pure."""

import csv
import io
from dataclasses import asdict
from typing import Any

from memoryd.usage import GROUPS, Comparison, Report, Session, Sums, WhatIf, dearest, why

DEAREST = 10
COLUMNS = (
    "name", "requests", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "cost", "cost_input", "cost_cache_read",
    "cost_cache_write", "cost_output", "unpriced_requests",
)  # fmt: skip


def sums_value(sums: Sums) -> dict[str, Any]:
    """Return sums; a cost is null where nothing has a price."""
    tokens, cost = sums.tokens, sums.cost
    is_priced = sums.unpriced.requests < tokens.requests or not tokens.requests
    return {
        "requests": tokens.requests,
        "tokens": {
            "input": tokens.input, "cache_read": tokens.read, "cache_write_5m": tokens.write_5m, "cache_write_1h": tokens.write_1h,
            "output": tokens.output,
        },
        "input_share": tokens.input_share,
        "read_per_written": tokens.read_per_written,
        "cached_share": tokens.cached_share,
        "cost": {
            "total": cost.total, "input": cost.input, "cache_read": cost.read, "cache_write": cost.write, "output": cost.output,
        } if is_priced else None,
        "unpriced_requests": sums.unpriced.requests,
    }  # fmt: skip


def json_of(report: Report, prices: str, found: tuple[WhatIf, ...], compared: Comparison | None) -> dict[str, Any]:
    """Return all figures, with what was asked for besides."""
    begun, total = report.begun
    return {
        **sums_value(report.total),
        "prices": prices,
        "unpriced_models": report.unpriced,
        "read": asdict(report.read),
        **{f"by_{group}": {name: sums_value(sums) for name, sums in report.by(group).items()} for group in GROUPS},
        "sessions_dearest": [{**_session(one), "why": why(one)} for one in dearest(report.sessions, DEAREST)],
        "growth": {
            "typical": [asdict(one) for one in report.typical],
            "begun_share": begun / total if total else None,
            "sessions": [asdict(one) for one in report.growths],
        },
        "cache_misses": [asdict(one) for one in report.misses],
        "sources": [asdict(one) for one in report.sources],
        "lines": {"read": report.lines_read, "read_again": report.lines_again},
        "calls": dict(report.calls),
        "pace": asdict(report.pace),
        "savings": {**asdict(report.savings), "saved": report.savings.saved} if report.savings.sessions else None,
        **({"what_if": [asdict(one) for one in found]} if found else {}),
        **({"comparison": _comparison(compared)} if compared is not None else {}),
    }


def _comparison(compared: Comparison) -> dict[str, Any]:
    return {"a": compared.a, "b": compared.b, "measures": [{**asdict(one), "verdict": one.verdict} for one in compared.measures]}


def _session(session: Session) -> dict[str, Any]:
    told = {
        name: getattr(session, name) for name in ("id", "client", "project", "branch", "first", "last", "largest", "compactions", "misses")
    }
    return {**told, "missed_cost": session.missed_cost, "uses_memoryd": session.uses_memoryd, **sums_value(session.sums)}


def csv_of(report: Report, group: str) -> str:
    """Return the sums of a group, a line for each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((group, *COLUMNS[1:]))
    for name, sums in report.by(group).items():
        tokens, cost = sums.tokens, sums.cost
        is_priced = sums.unpriced.requests < tokens.requests
        costs = [f"{one:.6f}" if is_priced else "" for one in (cost.total, cost.input, cost.read, cost.write, cost.output)]
        counts = tokens.requests, tokens.input, tokens.read, tokens.write_5m, tokens.write_1h, tokens.output
        writer.writerow((_harmless(name), *counts, *costs, sums.unpriced.requests))
    return text.getvalue()


def _harmless(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
