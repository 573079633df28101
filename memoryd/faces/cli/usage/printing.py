"""Gathers what `usage` was asked for, and prints it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from memoryd.config import read_settings, transcript_folders
from memoryd.errors import UsageError
from memoryd.faces.cli.output import print_json, print_pages, print_raw, progress, say
from memoryd.faces.cli.usage.groups import Period
from memoryd.faces.cli.usage.page import page_of
from memoryd.faces.cli.usage.text import comparison_text, text_of, what_if_text
from memoryd.faces.cli.usage.values import csv_of, json_of
from memoryd.files import replace_file
from memoryd.runtime import gc_paused
from memoryd.text import escaped_text
from memoryd.usage import (
    Cache,
    Collected,
    Counted,
    Kept,
    Prices,
    Report,
    Session,
    Sizes,
    WhatIf,
    collect,
    compare,
    count_once,
    find,
    of_session,
    report_on,
    with_cache,
    with_model,
)  # fmt: skip

CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to print: sums of `groups`, the `sides` of a comparison, `models` of a what-if, and the form: text, json or csv.

    `session` is what the id of the sessions begins with that alone count, "" for all.
    """

    groups: tuple[str, ...]
    sides: tuple[tuple[str, Callable[[Session], bool]], ...]
    models: tuple[str, ...]
    page: str
    form: str
    session: str


def show(transcripts: tuple[str, ...], period: Period, wanted: Wanted) -> None:
    """Read transcripts, and print what is wanted of them."""
    for one in transcripts:
        if not Path(one).expanduser().exists():
            raise UsageError(f"{one} does not exist; name a folder of transcripts, or leave --transcripts out")
    settings = read_settings()
    kept = Kept(settings.home)
    try:
        with gc_paused():
            collected = _collected(transcripts, kept)
            prices = Prices(kept)
            counted = count_once(collected.readings, period.first, period.end)
            if wanted.session:
                counted = of_session(counted, wanted.session)
                if not counted.agents:
                    raise UsageError(f"no session's id begins with {wanted.session}; `memoryd usage --by session` lists them")
                collected = collected.only(agent.reading for agent in counted.agents)
            result = report_on(collected, counted, prices.of, Sizes(settings, kept).of)
            found = _what_ifs(counted, prices, wanted.models)
            prices.keep()
    finally:
        kept.close()
    _print(result, found, prices.source, wanted)


def _collected(transcripts: tuple[str, ...], kept: Kept) -> Collected:
    with progress(sys.stderr) as told:
        return collect(find([Path(one).expanduser().absolute() for one in transcripts] or transcript_folders()), kept, told)


def _what_ifs(counted: Counted, prices: Prices, models: tuple[str, ...]) -> tuple[WhatIf, ...]:
    agents, found = counted.agents, list[WhatIf]()
    for model in models:
        found += [with_cache(agents, prices.of, cache) for cache in Cache] if model == CACHE else [with_model(agents, prices.of, model)]
    return tuple(found)


def _print(result: Report, found: tuple[WhatIf, ...], source: str, wanted: Wanted) -> None:
    sides = [[session for session in result.sessions if is_of(session)] for _, is_of in wanted.sides]
    compared = compare(*sides) if sides else None
    if wanted.page:
        replace_file(Path(wanted.page).expanduser(), escaped_text(page_of(result, wanted.groups, source)).encode())
        say(f"wrote {wanted.page}")
    elif wanted.form == "json":
        print_json(json_of(result, source, found, compared))
    elif wanted.form == "csv":
        print_raw(csv_of(result, wanted.groups[0]))
    elif compared is not None:
        print_pages(comparison_text(wanted.sides[0][0], wanted.sides[1][0], compared))
    elif found:
        print_pages(what_if_text(result, found))
    else:
        print_pages(text_of(result, wanted.groups, source))
