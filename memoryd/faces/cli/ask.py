"""The commands that ask a project: `pack`, `search`, `show` and `map`."""

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from memoryd.errors import UsageError
from memoryd.faces.cli.asking import STATUS, Question, ask, ask_at, look, value_of
from memoryd.faces.cli.options import (
    at_option,
    base_option,
    budget_option,
    changed_option,
    daemon_option,
    files,
    handle,
    json_option,
    question,
    root_option,
    since_of,
)
from memoryd.faces.cli.output import drawn, print_json, print_pages, print_raw, say, told
from memoryd.faces.cli.project import NOTHING_INDEXED, refreshed
from memoryd.limits import DEFAULT_HITS, MAP_BUDGET, MOST_BUDGET, MOST_HITS, TOUR_BUDGET
from memoryd.model import Hit, Pack, Shown
from memoryd.text import under_heading

if TYPE_CHECKING:
    from memoryd.memory import ProjectMemory

NOTHING_FITS = "nothing of it fits; give a larger --budget"


@click.command()
@click.argument("task", default="")
@changed_option
@base_option
@at_option
@root_option
@daemon_option
@budget_option
@json_option
def pack(task: str, is_changed: bool, base: str | None, at: str, root: str, budget: int, as_json: bool) -> None:
    """Print the evidence for TASK, or for what changed, within a token budget.

    TASK is a question, a bug report, a stack trace, a symbol or a path; `-` reads it from standard input. The index is
    refreshed first. What did not fit is listed at the end, with handles for `memoryd show`.

    With --changed it is what a reviewer, or whoever goes on with a branch, needs: each changed unit with what it was, who calls
    it, what it calls, the tests that reach it, the notes about it and those that it disproves.

    \b
    memoryd pack "why is the total rounded twice" --budget 2000
    pytest 2>&1 | memoryd pack -
    memoryd pack --changed --base origin/main
    memoryd pack "why is the total rounded twice" --at v1.2
    """
    if at and (is_changed or base is not None):
        raise UsageError("--at goes with a task; what changed is asked of the working tree")
    if is_changed or base is not None or not task:
        _pack_change(task, is_changed, base, root, budget, as_json)
        return
    asked = question(sys.stdin.buffer.read() if task == "-" else os.fsencode(task))
    fields = {"task": asked, "budget": budget}
    answer, when = ask_at(root, at, Question("/v1/pack", fields, _pack, lambda memory: memory.pack(asked, budget)))
    if as_json:
        print_json({**when, **asdict(answer)} if when else answer)
    else:
        print_pages(answer.text)
    if not answer.items and not at and _is_empty(root):
        say(NOTHING_INDEXED)
    elif not answer.text:
        say("nothing found that fits; try other words or a larger --budget")


def _pack_change(task: str, is_changed: bool, base: str | None, root: str, budget: int, as_json: bool) -> None:
    since = since_of(bool(task), is_changed, base, "a task, such as 'why is the total rounded twice'")
    fields = {"since": since, "budget": budget}
    answer = ask(root, Question("/v1/pack", fields, _pack, lambda memory: memory.pack_change(since, budget)))
    if as_json:
        print_json(answer)
    else:
        print_pages(answer.text)
    if not answer.text:
        say(NOTHING_FITS)


@click.command()
@click.argument("query")
@root_option
@daemon_option
@click.option("--limit", default=DEFAULT_HITS, show_default=True, type=click.IntRange(1, MOST_HITS), help="Most hits.")
@at_option
@click.option("--why", "asks_why", is_flag=True, help="Print what each feature gave to a hit's score. Asks no daemon.")
@json_option
def search(query: str, root: str, limit: int, at: str, asks_why: bool, as_json: bool) -> None:
    """Print the units that answer QUERY, best first: score, place, what it is, which signals found it, and its best line.

    That is the line with most of the words of QUERY, as it is on disk.

    \b
    memoryd search "parse money" --limit 5
    memoryd search Cart.total --json
    memoryd search "parse money" --at HEAD~20
    """
    asked = question(os.fsencode(query))
    if asks_why:
        if at:
            raise UsageError("--why tells of the working tree; leave out --at")
        with refreshed(root) as memory:
            explained = memory.explain(asked, limit)
        if as_json:
            print_json({"hits": [{**asdict(hit), "why": why} for hit, why in explained]})
            return
        print_raw(told(explained))
        if not explained:
            say(_nothing_found(root))
        return
    fields = {"query": asked, "limit": limit, "lines": True}
    hits, when = ask_at(root, at, Question("/v1/search", fields, _hits, lambda memory: memory.search_with_lines(asked, limit)))
    if as_json:
        print_json({**when, "hits": hits})
        return
    print_raw(drawn(hits))
    if not hits:
        say("nothing found; try other words" if at else _nothing_found(root))


@click.command()
@click.argument("handles", nargs=-1, required=True, metavar="ID|PATH[:A-B] ...", shell_complete=files)
@click.option("--raw", "is_raw", is_flag=True, help="Print the text as it is, without headings and escapes: for a program or a file.")
@at_option
@root_option
@daemon_option
@json_option
def show(handles: tuple[str, ...], is_raw: bool, at: str, root: str, as_json: bool) -> None:
    """Print symbols, files or lines, as they are on disk, or with --at as they were at a commit.

    A handle is what packs and search print: a symbol, a path, or lines of it. The qualified name of a symbol, or of a field
    or case of a type, is enough where no other has it. Control characters, overrides of direction and invisible characters
    are printed as escapes: ESC as \\x1b.

    \b
    memoryd show shop/cart.py#Cart.total
    memoryd show shop/cart.py shop/money.py:10-40
    memoryd show Cart.total
    memoryd show --raw shop/cart.py > cart.py
    memoryd show --at v1.2 Cart.total
    """
    wanted = [handle(one) for one in handles]

    def here(memory: "ProjectMemory") -> tuple[Shown, ...]:
        return tuple(map(memory.show_raw if is_raw else memory.show, wanted))

    shown, when = ask_at(root, at, Question("/v1/show", {"handles": wanted, "raw": is_raw}, _shown, here))
    if as_json:
        print_json({**when, "shown": shown})
    elif is_raw:
        print_raw("".join(one.text for one in shown))
    else:
        print_pages("".join(map(under_heading, shown)) if len(shown) > 1 else shown[0].text)


@click.command("map")
@root_option
@daemon_option
@click.option("--budget", default=MAP_BUDGET, show_default=True, type=click.IntRange(1, MOST_BUDGET), help="Most tokens of the text.")
@click.option(
    "--tour", "is_tour", is_flag=True, help=f"How the project works, in at most {TOUR_BUDGET:,} tokens, instead of all that it has."
)
@json_option
def map_(root: str, budget: int, is_tour: bool, as_json: bool) -> None:
    """Print an overview of the project: entry points, public interface, central types, folders and what they are for.

    With --tour, print how it works: entry points, the way of a request through the main parts, central types.

    \b
    memoryd map --budget 500      the coarse outline
    memoryd map --tour            the first thing to read in a project that you do not know
    """
    fields = {"budget": budget, "tour": is_tour}
    answer = ask(root, Question("/v1/map", fields, _pack, lambda memory: (memory.tour if is_tour else memory.map)(budget)))
    if as_json:
        print_json(answer)
    else:
        print_pages(answer.text)
    if not answer.items and _is_empty(root):
        say(NOTHING_INDEXED)
    elif not answer.text:
        say(NOTHING_FITS)


def _nothing_found(root: str) -> str:
    return NOTHING_INDEXED if _is_empty(root) else "nothing found; try other words"


def _is_empty(root: str) -> bool:
    """Tell whether no file of the project in a folder is indexed."""
    return not look(root, STATUS).files


def _pack(found: Any) -> Pack:
    return value_of(Pack, found)


def _hits(found: Any) -> tuple[Hit, ...]:
    return value_of(tuple[Hit, ...], found["hits"])


def _shown(found: Any) -> tuple[Shown, ...]:
    return value_of(tuple[Shown, ...], found["shown"])
