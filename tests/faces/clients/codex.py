"""The real Codex against a scripted model on loopback: what it does with us, without a login and without a network.

`Model` speaks as much of the Responses API as Codex needs: each request gets the next turn of the script, and is kept, so that a
test reads what the model saw. Codex reads its own configuration, as `memoryd install codex` leaves it.
"""

import json
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faces.clients import scripted
from tests.faces.clients.scripted import Events
from tests.project import DEADLINE

Item = dict[str, Any]
PROVIDER = """\
# A model of ours.
model = "gpt-5.5"
model_provider = "scripted"

[model_providers.scripted]
name = "scripted"
base_url = "@URL@/v1"
wire_api = "responses"
env_key = "MADE_UP_KEY"
request_max_retries = 0
stream_max_retries = 0
"""


def text(said: str) -> Item:
    """Return what a model says."""
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": said, "annotations": []}]}


def use(tool: str, **arguments: Any) -> Item:
    """Return a model's call of a tool of ours."""
    return {"type": "function_call", "namespace": "mcp__memoryd", "name": tool, "arguments": json.dumps(arguments)}


def look_for(query: str) -> Item:
    """Return a model's question for tools that it was not shown."""
    return {"type": "tool_search_call", "execution": "client", "arguments": {"query": query}}


@dataclass
class Model:
    """A scripted model. `requests` are the bodies of all requests, in their order."""

    turns: Sequence[Sequence[Item]]
    requests: list[dict[str, Any]] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, body: dict[str, Any]) -> list[Item]:
        """Return the items that answer a request."""
        with self.guard:
            turn = len(self.requests)
            self.requests.append(body)
        items = self.turns[turn] if turn < len(self.turns) else [text("(the script ends here)")]
        return [_with_id(item, f"{turn:04}{place:02}") for place, item in enumerate(items)]

    def told(self, request: int = 0) -> str:
        """Return what the model was told in a request, beside the tools."""
        return json.dumps(self.requests[request]["input"], ensure_ascii=False)

    def outputs(self, request: int = -1) -> list[Item]:
        """Return what calls of the model gave, as it saw them in a request."""
        return [item for item in self.requests[request]["input"] if item["type"].endswith("_output")]


@dataclass(frozen=True)
class Ran(scripted.Ran):
    """What a run of Codex left behind, and the model it talked to."""

    model: Model


def said_by(output: Item) -> str:
    """Return the text of a call's result, as the model saw it."""
    content = output["output"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def shell(command: str) -> Item:
    """Return a model's call of Codex's own tool that runs a command."""
    return {"type": "function_call", "name": "exec_command", "arguments": json.dumps({"cmd": command})}


def run(
    codex: str, project: Path, home: Path, turns: Sequence[Sequence[Item]], prompt: str, *arguments: str, **variables: str
) -> Ran:  # fmt: skip
    """Run Codex in a project with the configuration in a home, where `@URL@` stands for the address of the scripted model."""
    model = Model(turns)

    class Handler(_Handler):
        answers = model

    with scripted.serving(Handler) as url:
        configuration = home / ".codex" / "config.toml"
        configuration.write_text(configuration.read_text().replace("@URL@", url))
        ours = {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "MADE_UP_KEY": "made-up", **variables}
        command = [codex, "exec", "--skip-git-repo-check", *arguments, prompt]
        done = subprocess.run(
            command, cwd=project, env=scripted.environment(("OPENAI", "CODEX"), **ours),
            input="", capture_output=True, text=True, timeout=DEADLINE,
        )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr, model)


class _Handler(scripted.Handler):
    answers: Model

    def answered(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Events:
        return _response(self.answers.answer(body)) if path.endswith("/responses") else {}


def _response(items: list[Item]) -> Events:
    usage = {
        "input_tokens": 1, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 2,
    }  # fmt: skip
    response = {"id": "resp_1", "object": "response"}
    done = [{"type": "response.output_item.done", "output_index": place, "item": item} for place, item in enumerate(items)]
    return [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        *done,
        {"type": "response.completed", "response": {**response, "status": "completed", "output": items, "usage": usage}},
    ]


def _with_id(item: Item, number: str) -> Item:
    call = {} if item["type"] == "message" else {"call_id": f"call_{number}"}
    return {**item, "id": f"item_{number}", "status": "completed", **call}
