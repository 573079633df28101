"""Audit: a line is reported when it names something that was there and is gone, and left alone when that is not certain."""

from pathlib import Path

import pytest

from memoryd.errors import OutsideRoot
from memoryd.memory import ProjectMemory
from memoryd.notes.audit.findings import Finding, audit, documents
from memoryd.notes.mentions import mentions
from memoryd.notes.mining.commits import from_commit, newest
from tests.notes.conftest import Git
from tests.project import write


def audited(memory: ProjectMemory, *paths: str) -> tuple[Finding, ...]:
    memory.refresh()
    return audit(memory.view(), paths or ("AGENTS.md",))


def test_a_path_that_was_there_when_the_line_was_written_is_reported_with_its_new_place(
    root: Path, git: Git, memory: ProjectMemory
) -> None:
    write(root, {"AGENTS.md": "# Rules\n\nTotals are made in `shop/cart.py`.\n"})
    commit = git.commit("Write rules")
    git("mv", "shop/cart.py", "web/cart.py")
    git.commit("Move")
    (found,) = audited(memory)
    assert (found.path, found.line, found.missing, found.nearest) == ("AGENTS.md", 3, "shop/cart.py", "web/cart.py")
    assert found.quote == "Totals are made in `shop/cart.py`."
    assert commit[:10] in found.because


def test_a_symbol_that_was_there_when_the_line_was_written_is_reported_with_what_it_may_be_now(
    root: Path, git: Git, memory: ProjectMemory
) -> None:
    write(root, {"AGENTS.md": "Read prices with `parse_money`.\n"})
    git.commit("Write rules")
    money = (root / "shop/money.py").read_text()
    write(root, {"shop/money.py": money.replace("parse_money", "parseMoney")})
    git.commit("Rename")
    (found,) = audited(memory)
    assert (found.missing, found.nearest) == ("parse_money", "shop/money.py#parseMoney")


def test_nothing_is_reported_while_all_of_it_is_there(root: Path, git: Git, memory: ProjectMemory) -> None:
    tokens = "`shop/cart.py`, `cart.py`, `Cart.total`, `shop/cart.py#Cart.total`, `shop/`, [money](shop/money.py), `parse_money()`"
    write(root, {"AGENTS.md": f"{tokens}\n"})
    git.commit("Write rules")
    assert len(list(mentions((root / "AGENTS.md").read_text()))) == 7
    assert audited(memory) == ()


NO_NAMES = (
    "https://example.org/shop/none.py", "shop/*.py", "path/to/file.py", "shop/<name>.py", "/etc/none.conf", "~/none.py", "--none.py",
    "$HOME/none.py", "shop/{a,b}.py", "../outside.py", "text/html", "origin/main", "and/or", "@scope/package", "example.com/none.py",
    "MONEY_LIMIT", "npm run none", "none", "json.dumps", "v1.2.3", "shop/…/none.py", "pytest-xdist",
)  # fmt: skip


def test_what_only_looks_like_a_name_of_the_project_is_left_alone(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"AGENTS.md": "\n".join(f"Here stands `{token}` today.\n" for token in NO_NAMES)})
    git.commit("Write rules")
    assert audited(memory) == ()


def test_blocks_of_code_and_comments_are_left_alone(root: Path, memory: ProjectMemory) -> None:
    write(root, {"AGENTS.md": "```\n`shop/none.py`\n```\n~~~sh\n`shop/none.py`\n~~~\n<!--\n`shop/none.py`\n-->\n"})
    assert audited(memory) == ()


def test_the_text_of_a_link_to_elsewhere_is_left_alone(root: Path) -> None:
    write(root, {"AGENTS.md": "See [`parse_price`](https://example.org/v1/money.py) and [`shop/none.py`](//example.org).\n"})
    assert list(mentions((root / "AGENTS.md").read_text())) == []


def test_ignored_files_are_left_alone(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {".gitignore": "shop/settings.py\n", "AGENTS.md": "Values stand in `shop/settings.py`.\n"})
    git.commit("Write rules")
    assert audited(memory) == ()


def test_a_file_that_never_was_is_reported_only_beside_files_that_are(root: Path, git: Git, memory: ProjectMemory) -> None:
    lines = [
        "Totals are made in `shop/totals.py`.",
        "Totals are made in `elsewhere/totals.py`.",
        "Create `shop/totals.py` for that.",
        "`totals.py`",
    ]
    write(root, {"AGENTS.md": "\n\n".join(lines)})
    git.commit("Write rules")
    assert [(found.line, found.missing) for found in audited(memory)] == [(1, "shop/totals.py")]


def test_without_git_a_symbol_of_a_file_is_known_by_the_file(root: Path, memory: ProjectMemory) -> None:
    write(root, {"CLAUDE.md": "Prices: `shop/money.py::parse_price`, and `Money.currency_of`, and `other_thing`.\n"})
    assert [found.missing for found in audited(memory, "CLAUDE.md")] == ["shop/money.py#parse_price", "Money.currency_of"]


def test_what_was_never_there_is_reported_where_it_can_mean_nothing_else(root: Path, memory: ProjectMemory) -> None:
    write(root, {"shop/tax/__init__.py": "RATE = 19\n"})
    lines = {
        "Prices stand in `shop/money.py#parse_price`.": "shop/money.py#parse_price",
        "A cart has `Cart.discount_of`.": "Cart.discount_of",
        "It calls `round_half_even()`.": "round_half_even",
        "Then `shop.money.round_cents()` runs.": "shop.money.round_cents",
        "The rate is `shop.tax.REDUCED_RATE`.": "shop.tax.REDUCED_RATE",
        "Tested in `shop/gone/test_x.py` too.": "shop/gone/test_x.py",
        "See [carts](docs/carts.rst).": "docs/carts.rst",
        "[carts]: docs/carts.md#totals": "docs/carts.md",
        "See [carts](/docs/carts.md).": "/docs/carts.md",
    }
    write(root, {"AGENTS.md": "\n\n".join(lines)})
    assert [found.missing for found in audited(memory)] == list(lines.values())


def test_links_and_directives_of_restructuredtext_are_followed(root: Path, memory: ProjectMemory) -> None:
    text = (
        "See `the guide <docs/guide.rst>`_, `money <shop/money.py>`__ and `a page <https://example.org/none.rst>`_.\n\n"
        ".. _carts: docs/carts.rst\n.. _site: https://example.org/site.rst\n.. include:: docs/part.rst\n.. image:: shop/cart.py\n"
    )
    write(root, {"README.rst": text})
    assert [found.missing for found in audited(memory, "README.rst")] == ["docs/guide.rst", "docs/carts.rst", "docs/part.rst"]


OTHERS = (
    "Call `foo_bar()` or `my_function()`, or `example_of()`.", "It has no `iter_tools()` helper.", "No `iter_tools()` yet.",
    "Some call `requests.retry_on()`.", "It reads `data/out/targets.json`.", "See [a page](guide/) and [another](#here).",
    "Notes go to a directory (e.g. `shop/gone/notes.py`).", "[^1]: docs/none.md", "See [up](../../none.md).",
    "See `shop/none.py` in that repo.",
)  # fmt: skip


def test_what_may_be_of_another_project_or_only_an_example_is_left_alone(root: Path, memory: ProjectMemory) -> None:
    write(root, {"AGENTS.md": "\n\n".join(OTHERS), "data/made/by.json": "{}\n"})
    assert audited(memory) == ()


def test_deeper_down_a_path_may_be_of_a_project_of_its_own(root: Path, memory: ProjectMemory) -> None:
    write(root, {"examples/one/README.md": "The demo has `shop/sample/simple.py`.\n"})
    assert audited(memory, "examples/one/README.md") == ()


def test_a_name_that_other_code_still_says_is_not_gone(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(root, {"AGENTS.md": "Read prices with `parse_money`.\n", "config.yaml": "reader: parse_money\n"})
    git.commit("Write rules")
    (root / "shop/money.py").unlink()
    git.commit("Remove")
    assert audited(memory) == ()


def test_paths_are_read_from_beside_the_document_too(root: Path, git: Git, memory: ProjectMemory) -> None:
    write(
        root,
        {"web/README.md": "See [the app](app.ts), [none](gone.ts) and [up](../shop/cart.py).\n", "web/gone.ts": "export const A = 1;\n"},
    )
    git.commit("Write")
    (root / "web/gone.ts").unlink()
    (found,) = audited(memory, "web/README.md")
    assert (found.missing, found.because) == ("gone.ts", "the link leads to web/gone.ts, which is not there")


def test_a_document_out_of_the_project_is_refused_and_one_that_is_not_there_says_nothing(memory: ProjectMemory) -> None:
    assert audited(memory, "NONE.md") == ()
    with pytest.raises(OutsideRoot):
        audited(memory, "../AGENTS.md")


def test_the_past_is_read_without_running_what_the_repository_names(root: Path, git: Git, memory: ProjectMemory, tmp_path: Path) -> None:
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    write(root, {"AGENTS.md": "Totals are made in `shop/cart.py` by `parse_money`.\n", ".gitattributes": "* diff=trap filter=trap\n"})
    git.commit("Write rules")
    for key in (
        "core.pager",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "core.fsmonitor",
        "filter.trap.clean",
        "filter.trap.process",
    ):
        git("config", key, str(trap))
    (root / "shop/cart.py").unlink()
    (root / "shop/money.py").unlink()
    assert {found.missing for found in audited(memory)} == {"shop/cart.py", "parse_money"}
    assert not sprung.exists()


@pytest.mark.parametrize("seconds", ["99999999999999", "18446744073709551615", "253402300800"])
def test_a_commit_of_a_day_that_no_calendar_has_is_read_without_its_date(
    root: Path, git: Git, memory: ProjectMemory, tmp_path: Path, seconds: str
) -> None:
    write(root, {"AGENTS.md": "Read prices with `parse_money`.\n"})
    reason = "The tree is walked twice, because the first walk cannot know which of all the folders below it are ignored by then."
    commit = tmp_path / "commit"
    git("add", "--all")
    commit.write_text(
        f"tree {git('write-tree')}\nauthor a <a> {seconds} +0000\ncommitter a <a> {seconds} +0000\n\nWalk twice\n\n{reason}\n"
    )
    git("update-ref", "HEAD", git("hash-object", "-t", "commit", "-w", "--literally", str(commit)))
    (root / "shop/money.py").unlink()
    git("commit", "--all", "--message", "Remove")
    (found,) = audited(memory)
    assert found.because.endswith("when the line was written")
    old = newest(root, 9)[1]
    note = from_commit(old)
    assert note is not None
    assert note.title == "Walk twice"
    assert note.created in ("", "1970-01-01")  # what git itself says of a number that is too large for it


def test_documents_are_the_instructions_and_readmes(root: Path, memory: ProjectMemory) -> None:
    write(root, {"CLAUDE.md": "x\n", "web/AGENTS.md": "x\n", "docs/guide.md": "x\n", ".cursorrules": "x\n"})
    memory.refresh()
    assert documents(memory.view()) == (".cursorrules", "CLAUDE.md", "README.md", "web/AGENTS.md")


def test_the_folder_of_the_document_is_no_mention() -> None:
    assert list(mentions("Run it in `./`, or [here](./).")) == []


@pytest.mark.parametrize(
    "text", ["`" * 5_000, "[](" * 3_000, "`a/" * 3_000 + "`", "<!--" * 3_000, "a." * 5_000, "`" + "a/b." * 2_000 + "`"]
)
def test_any_text_is_read_in_little_time(text: str) -> None:
    assert len(list(mentions(text))) <= 1
