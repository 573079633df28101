"""Claude Code itself, offline, with our hooks: what it sends, and what its model gets to see of our answers."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.faces.clients import claude
from tests.faces.clients.claude import Block, Ran, said_by, text, use
from tests.faces.serving import KEYED, Served, warm

FIND, SHOW = "mcp__memoryd__search_code", "mcp__memoryd__show_code"
ALLOWED = ("--allowedTools", "mcp__memoryd__*", "Read", "Edit", "Bash", "Agent")
EVENTS = ("SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "PreCompact", "SubagentStart", "SubagentStop", "SessionEnd")
TASK = "why does step_7 of module_3 return a value that is too large"
"""A task that speaks of the project."""
TOTAL = '''def grand_total(lines):
    """Sum of everything in the basket of a customer."""
    subtotal = sum(line.amount for line in lines)
    shipping = 0 if subtotal > 100 else 5
    return subtotal + shipping
'''
HEAD = "shop/basket.py"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with warm(tmp_path_factory.mktemp("hooks"), {HEAD: TOTAL}) as one:
        yield one


def run(program: str, one: Served, turns: list[list[Block]], prompt: str = TASK, *arguments: str) -> Ran:
    url = f"http://127.0.0.1:{one.port}"
    server = {"memoryd": {"type": "http", "url": f"{url}/mcp?root={one.root}", "headers": KEYED, "alwaysLoad": True}}
    hook = {"type": "http", "url": f"{url}/v1/hooks/claude-code", "headers": KEYED, "timeout": 60}
    settings = one.root.parent / "settings.json"
    settings.write_text(json.dumps({"hooks": {event: [{"hooks": [hook]}] for event in EVENTS}}))
    return claude.run(program, one.root, server, turns, prompt, "--settings", str(settings), *arguments, *ALLOWED)


def told(ran: Ran, request: int = -1) -> str:
    """Return everything that a model saw in a request."""
    return json.dumps(ran.model.requests[request]["messages"])


def test_a_session_starts_with_what_the_project_is_and_where_its_task_lives(program: str, served: Served) -> None:
    ran = run(program, served, [[text("done")]])
    assert ran.code == 0, ran.err
    assert "memoryd has this project indexed" in told(ran)
    assert "pkg3/module_3.py" in told(ran)


def test_a_pack_names_the_lines_that_the_agent_has_read(program: str, served: Served) -> None:
    question = use(FIND, task="grand_total of the basket of a customer")
    read = use("Read", file_path=str(served.root / HEAD))
    before = run(program, served, [[question], [text("done")]])
    assert "subtotal = sum(" in said_by(before.model.results()[-1])
    after = run(program, served, [[read], [question], [text("done")]])
    pack = said_by(after.model.results()[-1])
    assert "subtotal = sum(" not in pack
    assert "lines 1-5 are in your context already, unchanged" in pack
    again = run(program, served, [[question], [question], [text("done")]])
    first, second = map(said_by, again.model.results()[-2:])
    assert "subtotal = sum(" in first
    assert "lines 1-5 are in your context already, unchanged" in second


def test_a_subagent_has_none_of_what_its_parent_read(program: str, served: Served) -> None:
    question = use(FIND, task="grand_total of the basket of a customer")
    read = use("Read", file_path=str(served.root / HEAD))
    agent = use("Agent", description="look", prompt="what is the grand_total of the basket", subagent_type="general-purpose")
    # Both ask, in whichever order they come.
    ran = run(program, served, [[read], [agent], [question], [question], [text("done")], [text("done")]])
    every = [said_by(one) for request in range(len(ran.model.requests)) for one in ran.model.results(request)]
    packs = {pack for pack in every if "verdict: " in pack}
    assert len(packs) == 2
    (whole,) = (pack for pack in packs if "subtotal = sum(" in pack)
    (named,) = packs - {whole}
    assert "lines 1-5 are in your context already" in named


def test_a_long_listing_is_shown_in_part_and_the_rest_on_demand(program: str, served: Served) -> None:
    ran = run(program, served, [[use("Bash", command="find . -name '*.py'")], [text("done")]], TASK)
    (result,) = ran.model.results()
    seen = said_by(result)
    (handle,) = set(re.findall(r"obs:[0-9a-f]{10}", seen))
    every = served.post("/v1/show", handles=[handle]).json()["shown"][0]["text"].splitlines()
    assert 3 * len(seen.splitlines()) < 2 * len(every)
    assert all(line in every or line.startswith("[memoryd: ") for line in seen.splitlines())
    shown = run(program, served, [[use(SHOW, handles=[f"{handle}:5-9"])], [text("done")]], TASK)
    assert said_by(shown.model.results()[-1]).splitlines()[1:6] == every[4:9]
