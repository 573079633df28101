"""What MCP returns is in the words of MCP: it names its tools and arguments, never a command for a shell or a route of HTTP."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memoryd import advice
from memoryd.advice import Advice
from memoryd.faces.cli import cli
from memoryd.faces.http.problems import PROBLEMS
from memoryd.faces.mcp.tools import INSTRUCTIONS, RESOURCES, TOOLS
from tests.faces.mcp.bridge import TASK, bridge, stop_daemon
from tests.project import FILES, SOURCE_ROOT, many, write

COMMAND = re.compile(rf"\bmemoryd (?:{'|'.join(cli.commands)})\b|--help\b|\bpip install\b")
ROUTE = re.compile(r"\b(?:GET|POST|DELETE) /|/v1/|/docs\b")
BACKTICKED = re.compile(r"`(\w+)`")
ALL = {name: value for name, value in vars(advice).items() if isinstance(value, Advice)} | {"show_note": advice.show_note("x-1")}
OF_NO_AGENT = {
    "advice.py": "the words for the other faces",
    "compilers/programs.py": "`memoryd graph exact`",
    "daemon/file_events.py": "the log, and `memoryd watch`",
    "faces/doctor.py": "`memoryd doctor`",
    "faces/access/roots.py": "requests over HTTP: MCP chooses its project by itself",
    "faces/access/rules.py": "`memoryd serve`",
    "faces/access/tokens.py": "`memoryd token`, `memoryd serve`",
    "faces/ui/entrance.py": "pages for people",
    "faces/ui/usage_reports.py": "pages for people",
    "fleet/engines.py": "`memoryd fleet`",
    "fleet/serving/views.py": "`memoryd fleet`",
    "fleet/tables.py": "`memoryd fleet`",
    "faces/http/documents/docs_page.py": "a page for people",
    "faces/http/documents/openapi.py": "a page for people",
    "faces/http/problems.py": "HTTP; what agents are told instead stands beside it",
    "indexing/archive.py": "`memoryd import`",
    "notes/review.py": "`memoryd note review`, and comments on pull requests",
    "past/kept.py": "answers as of a commit, on the command line",
    "sharing/remote/objects.py": "`memoryd remote`, and the log",
    "sharing/remote/registry.py": "`memoryd remote`, and the log",
    "sharing/remote/remotes.py": "`memoryd remote`, and the log",
    "sharing/remote/signatures.py": "`memoryd remote`, and the log",
    "versions/versions.py": "the log",
}
"""The modules outside the command line whose texts name commands, and who reads those."""
REFUSED = ("no-token", "slow-body", "too-large", "internal", "unavailable", "overloaded", "timeout")
"""The problems that a call can meet before it comes to its tool."""


def names() -> set[str]:
    """Return the names of tools and of their arguments, those that are not listed, too."""
    arguments = {name for tool in TOOLS for name in tool["inputSchema"]["properties"]}
    return {tool["name"] for tool in TOOLS} | arguments | {"evidence"}


@pytest.mark.parametrize("name", ALL)
def test_each_face_is_advised_in_its_own_words(name: str) -> None:
    told = ALL[name]
    assert all((told.shell, told.http, told.mcp))
    assert not COMMAND.search(told.mcp + told.http)
    assert not ROUTE.search(told.mcp + told.shell)
    assert set(BACKTICKED.findall(told.mcp)) <= names()


def test_what_agents_read_of_problems_instructions_and_tools_names_neither_commands_nor_routes() -> None:
    for text in (*(PROBLEMS[name].advice(advice.Face.MCP) for name in REFUSED), INSTRUCTIONS, str(TOOLS), str(RESOURCES)):
        assert not COMMAND.search(text)
        assert not ROUTE.search(text)


def test_no_module_that_speaks_to_agents_names_a_command() -> None:
    found = {str(path.relative_to(SOURCE_ROOT / "memoryd")) for path, text in texts_of_modules() if COMMAND.search(text)}
    others = {path for path in found if not path.startswith(("faces/cli/", "faces/install/"))}
    assert others <= OF_NO_AGENT.keys(), "what agents may read goes into an Advice; what they never read is listed in OF_NO_AGENT"
    assert others == OF_NO_AGENT.keys()


def texts_of_modules() -> Iterator[tuple[Path, str]]:
    """Yield every text in the code of memoryd but its docstrings, with its module."""
    for path in sorted((SOURCE_ROOT / "memoryd").rglob("*.py")):
        tree = ast.parse(path.read_text())
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        yield from (
            (path, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
        )


ASKED: list[tuple[str, dict[str, Any], str]] = [
    ("search_code", {"task": "add to a value in step 3", "budget": 700}, "); `show_code` shows one: PATH#NAME\n"),
    ("search_code", {"task": ""}, "`task` must say"),
    ("search_code", {"task": TASK, "root": "/"}, "to the arguments of its server: mcp --root"),
    ("show_code", {"handles": ["zzz"]}, "nothing is called 'zzz'; ask `search_code` for it"),
    ("show_code", {"handles": ["README.md", "zzz"]}, "## not shown\nnothing is called 'zzz'; ask `search_code` for it\n"),
    ("show_code", {"handles": ["large.md"]}, "… show_code large.md:"),
    ("trace_code", {"relation": "history", "handles": ["shop/cart.py#Cart.total"]}, "## history of shop/cart.py#Cart.total: 0 commits\n"),
    ("trace_code", {"relation": "history"}, "`handles` must be a list"),
    ("trace_code", {"relation": "past", "handles": ["a"]}, "dead, history"),
    ("search_notes", {}, "`task` or `about`"),
    ("search_notes", {"about": ["README.md"]}, "No note speaks of that."),
    ("write_note", {"title": "Cents", "body": "Floats drift.", "kind": "lesson"}, "; a claim reads like: symbol shop/cart.py#Cart"),
    ("write_note", {"title": "Cents", "body": "Floats drift.", "supersedes": ["zzz"]}, "'zzz'; `search_notes` gives the ids"),
    ("write_note", {"title": "Cents", "body": "Floats drift.", "claims": ["zzz"]}, "no claim begins with 'zzz'"),
]  # fmt: skip


def test_answers_and_errors_over_stdio_name_tools_and_no_commands(tmp_path: Path) -> None:
    write(tmp_path / "project", {**FILES, **many(2), "large.md": "".join(f"line {number}\n" for number in range(9_000))})
    try:
        with bridge(tmp_path / "project", tmp_path / "home") as pipe:
            pipe.shake()
            for number, (tool, arguments, said) in enumerate(ASKED, 1):
                text, _ = pipe.call(tool, number, **arguments)
                assert said in text, (tool, arguments, text)
                assert not COMMAND.search(text), text
                assert not ROUTE.search(text), text
            (left,) = re.findall(r"^## left out \((\d+) of (\d+)\)", pipe.call(*ASKED[0][:1], 99, **ASKED[0][1])[0], re.MULTILINE)
            assert int(left[0]) < int(left[1])
        for variables in ({"MEMORYD_EMBEDDER": "static"}, {"CLAUDE_PROJECT_DIR": str(tmp_path / "nowhere")}):
            with bridge(tmp_path / "project", tmp_path / "home", **variables) as pipe:
                pipe.shake()
                text, failed = pipe.call("search_code", task=TASK)
                assert (failed, COMMAND.search(text), "have the user" in text) == (True, None, True)
    finally:
        stop_daemon(tmp_path / "home")
