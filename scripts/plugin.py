"""Rewrites `plugin/` and `.claude-plugin/marketplace.json`, the plugin of Claude Code; with `--check` only compares them.

Hooks and the server come from what `memoryd install` writes, the names of tools from the server, so that all of them say the same.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from memoryd import __version__
from memoryd.faces.install.entries import Start, claude
from memoryd.faces.install.hook_forms import FORMS
from memoryd.faces.mcp.tools import SEARCH_CODE, SEARCH_NOTES, SERVER, SHOW_CODE, TRACE_CODE, WRITE_NOTE

TOP = Path(__file__).resolve().parent.parent
CLIENT = "claude-code"
WHAT = "Finds code for a task, names what an agent has seen already, and keeps the reasons of a project beside its code, checked."
OWNER = {"name": "The memoryd authors"}
PREFIX = f"mcp__plugin_memoryd_{SERVER}__"

README = """\
# memoryd for Claude Code

This plugin connects Claude Code to memoryd, a persistent memory of your project that runs on your machine alone. It needs the
program `memoryd` on your `PATH` (`pipx install .` in a clone of its repository).

It brings the MCP server with its tools, hooks, a skill, two commands and an agent for exploration. The hooks tell an agent what the
project is, where a task most likely lives and which notes govern a file, keep large outputs of tools aside, and carry the working set
through a compaction. They never deny, block or wait: without a daemon nothing happens. `MEMORYD_HOOKS=off` turns them off, and
`memoryd hooks off` does so for one project.

Where `memoryd install claude-code --hooks` has written hooks, too, each event counts once.
"""
SKILL = f"""\
---
name: memoryd
description: Find where code is and why it is so. Use before exploring an unfamiliar code base, before changing code whose reasons are not
  obvious, and when a reason was found out that the next reader would have to find out again.
---

- Where something is, or how it works: `{SEARCH_CODE}` with the task in words, the name of a symbol, or an error. Its verdict says whether
  the answer holds what the task needs. A path that is known is read directly.
- What a search left out, or what was kept aside of an output (`obs:…`): `{SHOW_CODE}` with the handle.
- Who calls it, what a change may break, which tests reach it: `{TRACE_CODE}`, before code is changed or removed.
- Why code is so, before it is changed: `{SEARCH_NOTES}` with the paths or the task.
- A decision, a constraint, a dead end that cost time: `{WRITE_NOTE}`, with claims that a machine can check, such as
  `symbol src/app.py#App.run`. Notes are files of the project, which are committed with the change that they are about.
"""
WHERE = f"""\
---
description: Where in this project something is, with the code
argument-hint: what you look for
---

Call `{SEARCH_CODE}` for: $ARGUMENTS

Answer with the places, the likeliest first, and what each of them does, from the code that was shown. Open more with `{SHOW_CODE}` only
where the verdict says so.
"""
WHY = f"""\
---
description: Why code of this project is as it is, by its notes
argument-hint: paths, symbols or a question
---

Call `{SEARCH_NOTES}` for: $ARGUMENTS

Answer from the notes, and name each that you rest on. If they do not say it, say so, and look at the code with `{SEARCH_CODE}`.
"""
AGENT = f"""\
---
name: code-explorer
description: Explores this code base for a question and answers with places and reasons. Use it for questions that take several searches.
tools: {PREFIX}{SEARCH_CODE}, {PREFIX}{SHOW_CODE}, {PREFIX}{TRACE_CODE}, {PREFIX}{SEARCH_NOTES}, Read, Grep, Glob
---

You explore a code base for a question, and change nothing. Begin with `{SEARCH_CODE}`.
Open what its verdict names with `{SHOW_CODE}`, follow calls with `{TRACE_CODE}`, look for reasons with `{SEARCH_NOTES}`.
Answer with the places (`path:line`), what each does, how they belong together, and what you did not find.
"""


def files() -> Mapping[str, str]:
    """Return the text of each file of the plugin, by path."""
    form = FORMS[CLIENT]
    hooks = {event: [form.entry(["memoryd", "hook", CLIENT], matcher)] for event, matcher in form.events.items()}
    described = {"name": "memoryd", "version": __version__, "description": WHAT, "author": OWNER, "license": "Apache-2.0"}
    return {
        ".claude-plugin/marketplace.json": _json({
            "name": "memoryd", "owner": OWNER, "description": WHAT,
            "plugins": [{"name": "memoryd", "source": "./plugin", "description": WHAT}],
        }),
        "plugin/.claude-plugin/plugin.json": _json(described),
        "plugin/hooks/hooks.json": _json({"description": "memoryd takes part in sessions", "hooks": hooks}),
        "plugin/.mcp.json": _json({"mcpServers": {SERVER: claude(Start(("memoryd", "mcp"), {}))}}),
        "plugin/skills/memoryd/SKILL.md": SKILL,
        "plugin/commands/where.md": WHERE,
        "plugin/commands/why.md": WHY,
        "plugin/agents/code-explorer.md": AGENT,
        "plugin/README.md": README,
        "plugin/LICENSE": (TOP / "LICENSE").read_text(encoding="utf-8"),
    }  # fmt: skip


def stale() -> list[str]:
    """Return the files that are not as they should be."""
    return [path for path, text in files().items() if not (TOP / path).is_file() or (TOP / path).read_text(encoding="utf-8") != text]


def main() -> None:
    """Rewrite the files that are out of date; with `--check` only name them, and exit 1."""
    old = stale()
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(f"{path} is out of date; run: python scripts/plugin.py" for path in old) or 0)
    for path in old:
        (TOP / path).parent.mkdir(parents=True, exist_ok=True)
        (TOP / path).write_text(files()[path], encoding="utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


if __name__ == "__main__":
    main()
